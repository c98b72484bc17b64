"""The work of melody_rnn_generate --save_generator_bundle: a trained model as one file.

It imports TensorFlow, for the graph that a bundle holds for other programs.
"""

from __future__ import annotations

from absl import flags

from melodeon.commands.command_line import logger
from melodeon.commands.errors import WorkError
from melodeon.melody_rnn.configs import FAMILY
from melodeon.melody_rnn.model import network_of
from melodeon.trained_models import bundle, opening, run_directory
from melodeon.trained_models.flags import flags_of, sources_of
from melodeon.training import step_graph


def save_bundle(values: flags.FlagValues) -> None:
    """Writes the model that the flags name to --bundle_file.

    Args:
      values: the flags of generate_flags.py, checked.

    Raises:
      UsageError: when flags and model contradict each other.
      WorkError: when the model cannot be read, or the bundle cannot be written.
    """
    path = values.bundle_file
    sources = sources_of(values)
    del sources["bundle_file"]  # It is the file to write.
    trained, config = opening.open_model(FAMILY, **sources, flags=flags_of(values))
    network = network_of(config)
    opening.open_network(trained, network)
    made = bundle.Bundle(
        config.name, trained.variables, step_graph.metagraph(network),
        run_directory.describe(FAMILY.name, config.name, config.hparams),
        config.description, values.bundle_description or "",
    )
    try:
        bundle.write(path, made)
    except OSError as error:
        raise WorkError(f"{path}: cannot write the bundle: {error.strerror}") from error
    logger.info("Wrote the bundle %s, made from %s", path, trained.path)
