"""Fuzz one reader, guided by coverage: ``python -m tests.fuzz.fuzz scenario --runs 300000``.

Needs atheris; knows targets and seeds, and nothing of what the readers read.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import resource
import shutil
import sys
import tempfile
import time
import traceback
from pathlib import Path

HANG_SECONDS, SLOW_SECONDS = 10, 2.0
MEMORY_MB = 2048
ADDRESS_BYTES = 24 << 30
BINARY = ("arrays", "result")
ODD = (0, 1, 2, 0x7F, 0x80, 0xFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, 10**12, 2**63, 2**64 - 1)
"""Numbers at which sizes, counts and addresses break."""
OF_THE_READERS = ("tcosim", "tomllib", "csv", "json", "h5netcdf")


def main() -> None:
    """Read the command line and hand over to the fuzzer, which ends the process."""
    import atheris

    with atheris.instrument_imports(include=list(OF_THE_READERS)):
        from tests.fuzz import inputs, seeds, targets

        for module in _readers():
            __import__(module)
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.fuzz", description=__doc__)
    parser.add_argument("target", choices=list(targets.TARGETS))
    parser.add_argument("--runs", type=int, default=100_000, help="executions")
    parser.add_argument("--seconds", type=int, default=0, help="stop after so many; 0: never")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--corpus", type=Path, help="folder of inputs that is kept; else a temporary one")
    parser.add_argument("--findings", type=Path, help="go on after a finding and keep its input here")
    given = parser.parse_args()
    corpus = given.corpus or Path(tempfile.mkdtemp(prefix="tcosim-corpus-")) / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds.seeds(given.target)):
        (corpus / f"seed-{number:03d}").write_bytes(seed)
    words = corpus.parent / f"{given.target}.dict"
    words.write_text("".join(f'"{_escaped(word)}"\n' for word in seeds.words(given.target)), "utf-8")
    # A declared size that is never used costs addresses and no memory; what is used is limited by the fuzzer.
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_BYTES, ADDRESS_BYTES))
    body = targets.TARGETS[given.target]
    if given.findings is not None:
        given.findings.mkdir(parents=True, exist_ok=True)
        body = _kept(body, given.findings)
    arguments = [
        sys.argv[0], f"-runs={given.runs}", f"-max_total_time={given.seconds}", f"-timeout={HANG_SECONDS}",
        f"-rss_limit_mb={MEMORY_MB}", f"-max_len={seeds.longest(given.target)}", f"-dict={words}",
        f"-seed={given.seed}", f"-artifact_prefix={given.findings or corpus.parent}/", "-print_final_stats=1",
        "-verbosity=1", str(corpus),
    ]  # fmt: skip
    place = inputs.folder()
    child = os.fork()  # the fuzzer ends its process at once, and leaves what it made behind
    if not child:
        if given.target in BINARY:
            # Cut or shifted, such a file is refused at its head: bytes are changed where they stand.
            arguments += ["-reduce_inputs=0", "-len_control=0"]
            atheris.Setup(arguments, body, custom_mutator=in_place)
        else:
            atheris.Setup(arguments, body)
        atheris.Fuzz()
    try:
        _, status = os.waitpid(child, 0)
    except KeyboardInterrupt:
        _, status = os.waitpid(child, 0)
    shutil.rmtree(place, ignore_errors=True)
    sys.exit(min(abs(os.waitstatus_to_exitcode(status)), 127))


def in_place(data: bytes, _most: int, seed: int) -> bytes:
    """Change a few numbers of a binary file where they stand."""
    rng = random.Random(seed)
    content = bytearray(data)
    for _ in range(rng.randint(1, 6)):
        width = rng.choice((1, 1, 2, 4, 8))
        place = rng.randrange(max(1, len(content) - width))
        number = rng.choice(ODD) if rng.random() < 0.5 else rng.getrandbits(8 * width)
        content[place : place + width] = (number % 256**width).to_bytes(width, "little")
    return bytes(content)


def _readers() -> list[str]:
    return [
        "tcosim.scenario.load", "tcosim.scenario.write", "tcosim.scenario.claims_file", "tcosim.scenario.observed",
        "tcosim.evidence.prices.files", "tcosim.evidence.logs.read", "tcosim.results.folder",
        "tcosim.results.assumptions", "tcosim.results.plain_arrays", "tcosim.results.netcdf", "tcosim.results.dataset",
    ]  # fmt: skip


def _escaped(word: bytes) -> str:
    return "".join(
        chr(byte) if 32 <= byte < 127 and byte not in b'"\\' else f"\\x{byte:02x}" for byte in word
    )


def _kept(body: object, folder: Path) -> object:
    """Note a finding and go on: one input for each kind and place, the shortest."""
    assert callable(body)
    shortest: dict[str, int] = {}

    def run(data: bytes) -> None:
        begin = time.process_time()
        try:
            body(data)
            found = f"slow {body.__name__}" if time.process_time() - begin > SLOW_SECONDS else ""
            told = ""
        except Exception as error:
            frames = [one for one in traceback.extract_tb(error.__traceback__) if "tcosim" in one.filename]
            last = frames[-1] if frames else None
            found = (
                f"{type(error).__name__} {os.path.basename(last.filename)} {last.name}"
                if last
                else repr(error)
            )
            told = traceback.format_exc()
        if found and len(data) < shortest.get(found, sys.maxsize):
            shortest[found] = len(data)
            name = hashlib.sha256(found.encode()).hexdigest()[:12]
            (folder / f"{name}.bin").write_bytes(data)
            (folder / f"{name}.txt").write_text(f"{found}\n{told}", "utf-8")
            print(f"finding: {found}", file=sys.stderr, flush=True)

    run.__name__ = body.__name__
    return run


if __name__ == "__main__":
    main()
