"""The page of generated sound: a player for each of the files that lie beside it."""

from __future__ import annotations

import pathlib
from collections.abc import Sequence

from melodeon.commands.command_line import logger
from melodeon.commands.errors import WorkError
from melodeon.commands.files import write_atomically
from melodeon.commands.words import counted
from melodeon.proto.manifest_pb2 import GenerationManifest
from melodeon.reports import templating


def write_page(
    folder: pathlib.Path, stamp: str, manifest: GenerationManifest,
    remarks: Sequence[Sequence[str]],
) -> None:
    """Writes the page STAMP_page.html of sounds that were written, and says where it is.

    The sounds are not in it, which would make it as large as they are together: it is for their
    folder.

    Args:
      folder: where the sounds are, and the page is to be.
      stamp: the beginning of their names.
      manifest: of the sounds.
      remarks: what is to be said of each.

    Raises:
      WorkError: The page cannot be written.
    """
    path = folder / f"{stamp}_page.html"
    try:
        with write_atomically(path) as file:
            file.write(render(manifest, remarks).encode())
    except OSError as error:
        raise WorkError(f"{path}: cannot write the page: {error.strerror}") from error
    logger.info("Wrote the page %s: a browser opens it", path)


def render(manifest: GenerationManifest, remarks: Sequence[Sequence[str]]) -> str:
    """The HTML document of sounds, and what is to be said of each."""
    settings = [
        ("Model", f"{manifest.model.family}, {manifest.model.config}"),
        ("From", manifest.checkpoint),
        ("Goes on from", manifest.primer_source),
        ("Blocks", f"{manifest.num_blocks} behind {manifest.seed_blocks} of the seed"),
        ("The seed is", "at the beginning" if manifest.with_seed else "left out"),
    ]
    return templating.render(
        "sound_page.html",
        title=f"Sounds by {manifest.model.config}",
        count=counted(len(manifest.files), "sound"),
        settings=settings,
        sounds=list(zip(manifest.files, remarks, strict=True)),
    )
