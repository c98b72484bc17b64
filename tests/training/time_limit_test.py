from __future__ import annotations

from melodeon.training.time_limit import TimeLimitHook


class Context:
    stops = 0

    def request_stop(self) -> None:
        self.stops += 1


def test_ends_after_the_step_in_which_the_time_is_up():
    clock = iter([100.0, 103.0, 109.9, 110.0])
    hook = TimeLimitHook(10, clock=lambda: next(clock))
    context = Context()
    hook.after_create_session(None, None)
    stops = []
    for _ in range(3):
        hook.after_run(context, None)
        stops.append(context.stops)
    assert stops == [0, 0, 1]
