"""Names of files that are written or read in shards: `name@8`, `name-00003-of-00008`."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from glob import escape

_AT = re.compile(r"(.+)@(\d+)")
_OF = re.compile(r".+-\d{5}-of-\d{5}")


def split_name(name: str) -> tuple[str, int | None]:
    """Splits `name@8` into `name` and 8; the number is None for a plain name."""
    match = _AT.fullmatch(name)
    return (match[1], int(match[2])) if match else (name, None)


def shard_names(name: str, num_shards: int | None) -> list[str]:
    """The files of an output: the plain name itself for None, else one name a shard."""
    if num_shards is None:
        return [name]
    return [f"{name}-{index:05d}-of-{num_shards:05d}" for index in range(num_shards)]


def pattern(name: str) -> str:
    """What users are told of the files of `name`: `name@8` is `name-?????-of-00008`."""
    base, num_shards = split_name(name)
    return base if num_shards is None else f"{base}{_of_set(num_shards)}"


def _of_set(num_shards: int) -> str:
    return f"-?????-of-{num_shards:05d}"


def is_shard(name: str) -> bool:
    """Whether a file's name says that it is one shard of several."""
    return bool(_OF.fullmatch(name))


def find(name: str, glob: Callable[[str], Sequence[str]]) -> list[str]:
    """The files that a flag names, as shards (`name@8`) or by a pattern, sorted.

    Shards of a name given without a number are found too: `name` stands for
    `name-00000-of-00008` and its like where nothing else matches it. A name is a name first:
    what is there under it, letter by letter, is found before what it matches as a pattern.

    Args:
      name: the value of the flag.
      glob: gives the paths that match a pattern, on whatever file system.

    Raises:
      ValueError: when shards of different sets would be mixed, or some of a set are missing.
    """
    base, num_shards = split_name(name)
    for beginning in (escape(base), base):
        if num_shards is not None:
            found = glob(f"{beginning}{_of_set(num_shards)}")
            _check_none_is_missing(found)
        elif not (found := glob(beginning)):
            found = [path for path in glob(f"{beginning}-?????-of-?????") if is_shard(path)]
            _check_one_set(found)
            _check_none_is_missing(found)
        if found:
            return sorted(found)
    return []


def _check_one_set(names: Sequence[str]) -> None:
    # Those of `name-?????-of-?????` may not belong together: the last five digits say of how many
    # shards a file is one.
    sets = sorted({name[-len("00000") :] for name in names if is_shard(name)})
    if len(sets) > 1:
        counts = " and ".join(str(int(count)) for count in sets)
        raise ValueError(f"found sets of {counts} shards; name@{int(sets[0])} would name one")


def _check_none_is_missing(names: Sequence[str]) -> None:
    # A pattern before the @ may stand for several sets.
    sets = {
        (name[: -len("-00000-of-00000")], int(name[-len("00000") :]))
        for name in names if is_shard(name)
    }  # fmt: skip
    for base, num_shards in sorted(sets):
        missing = sorted(set(shard_names(base, num_shards)) - set(names))
        if missing:
            others = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
            raise ValueError(
                f"expected {num_shards} shards, found {num_shards - len(missing)}: no "
                f"{missing[0]}{others}"
            )


def stable_hash(data: bytes) -> int:
    """A hash of 64 bits, the same for the same data in every process and on every machine."""
    return int.from_bytes(hashlib.sha256(data).digest()[:8], "big")
