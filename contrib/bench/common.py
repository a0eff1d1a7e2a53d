"""What the measurements build, and how they tell of a failure. Imported by the commands of bench/ and faults/."""

import os
import signal
import subprocess
import sys
from pathlib import Path

BENCH = Path(__file__).resolve().parent
ROOT = BENCH.parent.parent
BUILD = ROOT / ".build-bench"


class Failed(Exception):
    """Why there is no result, with the exit code."""

    def __init__(self, message, code=1):
        super().__init__(message)
        self.code = code


def tool(*command, shows_output=False):
    """Runs a program and gives its standard output, or shows it on standard error."""
    command = [str(part) for part in command]
    try:
        process = subprocess.Popen(command, stdout=sys.stderr if shows_output else subprocess.PIPE)
    except FileNotFoundError:
        raise Failed(f"{command[0]} is not installed", 69)
    with process:
        try:
            output, _ = process.communicate()
        except BaseException:
            # It may have daemons of its own to stop.
            process.terminate()
            raise
    if process.returncode:
        raise Failed(f"{' '.join(command)} ended with {process.returncode}")
    return output


def compile_c(*names):
    """Compiles programs of bench/."""
    BUILD.mkdir(exist_ok=True)
    for name in names:
        tool("cc", "-std=c11", "-O2", "-Wall", "-Wextra", "-Werror", "-o", BUILD / name, BENCH / f"{name}.c")


def c_calls():
    """The program that calls by the C client, built with its library: BUILD/calls and BUILD/c."""
    tool("make", "-s", "-C", ROOT / "contrib/c", f"BUILD={BUILD}/c", shows_output=True)
    tool("cc", "-std=c99", "-O2", "-Wall", "-Wextra", "-Werror", "-I", ROOT / "Sources/CSmartFlowClient/include",
         "-o", BUILD / "calls", ROOT / "contrib/c/bench/calls.c", BUILD / "c/libsmartflow.a")
    return BUILD / "calls"


def foreign_client(language, *options):
    """The program of a client of InteropTests."""
    return tool(ROOT / f"Tests/InteropTests/{language}Client/build", BUILD / language.lower(),
                *options).decode().splitlines()[-1]


def swift_load():
    """The program that calls by the Swift client."""
    command = ["swift", "build", "-c", "release", "--package-path", BENCH / "clients/swift", "--scratch-path",
               BUILD / "swift-load"]
    tool(*command, shows_output=True)
    return Path(tool(*command, "--show-bin-path").decode().strip()) / "SwiftLoad"


def release(given=None, products=("smartflowd", "smartflow-worker"), options=("--static-swift-stdlib",)):
    """The folder of a release build, made where none is given."""
    if given is None:
        command = ["swift", "build", "-c", "release", *options, "--package-path", ROOT]
        for product in products:
            tool(*command, "--product", product, shows_output=True)
        given = tool(*command, "--show-bin-path").decode().strip()
    folder = Path(given).resolve()
    for name in products:
        if not os.access(folder / name, os.X_OK):
            raise Failed(f"there is no {name} in {folder}", 69)
        # A library that the compiler links where it does not optimise, and nowhere else.
        if b"SwiftOnoneSupport" in (folder / name).read_bytes():
            raise Failed(f"{folder / name} is a debug build; only releases are measured", 64)
    return folder


def stop(process, seconds=20):
    """Ends a server that was started: it is asked to, and killed where it takes longer."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def pss(pid):
    """Kibibytes that a process holds, what it shares by its share; None where only root may see it."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except PermissionError:
        return None
    return int(next(line for line in lines if line.startswith("Pss:")).split()[1])


def varint(value):
    """A number as protobuf writes it."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def field(number, data):
    """A field of a message, of bytes or of a text."""
    data = data.encode() if isinstance(data, str) else data
    return varint(number << 3 | 2) + varint(len(data)) + data
