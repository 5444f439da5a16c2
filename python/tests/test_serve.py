"""Fits for a platform on another machine."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from folders import make_folder
from perennial import PerennialError, trainer
from perennial.client.door import Door
from perennial.serve import supervise
from perennial.serve.attempt import Attempt, Follow, Stopped, _alone, asked_of, sweep
from perennial.serve.gpus import Gpu, find_gpus, parse_gpus
from perennial.serve.queues import memory_class, queue_of, queues_of
from perennial.serve.worker import Worker
from server import SECRET, Platform, platform

GIVEN = ["spec.json", "train/rows.parquet", "validation/rows.parquet", "test/rows.parquet"]
LIMITS = {"memoryBytesMax": 2 * 1024**3, "timeMsMax": 60_000, "filesBytesMax": 1024**3}
# Fits nothing, and takes no second to start.
WRITES = """
import os, json
folder = os.environ["PERENNIAL_FOLDER"]
assert json.load(open(f"{folder}/spec.json"))["model"] == "orders"
assert not any(name.startswith(("PERENNIAL_TOKEN", "PERENNIAL_URL", "TEMPORAL")) for name in os.environ)
open(f"{folder}/progress.jsonl", "a").write('{"done": 1, "of": 2}\\n')
open(f"{folder}/model.onnx", "wb").write(b"model")
open(f"{folder}/report.json", "w").write("{}")
"""


def ask(known: Platform, tmp_path: Path, **changes: Any) -> dict[str, Any]:
    files = known.share(make_folder(tmp_path / "given"), GIVEN)
    return {
        "formatVersion": 1, "model": "orders", "runId": "train/orders/1", "number": 1, "trainer": "fit", "stage": "candidate",
        "files": files, "limits": LIMITS, "requires": {}, **changes,
    }  # fmt: skip


def attempt(known: Platform, tmp_path: Path, code: str, token: str = SECRET, **changes: Any) -> Attempt:
    command = [sys.executable, "-I", "-S", "-c", code]
    return Attempt(asked_of(ask(known, tmp_path, **changes)), Door(known.url, token), command, tmp_path, tmp_path / "work")


def until(condition: Callable[[], Any], seconds: float = 30) -> Any:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.01)
    raise AssertionError("the condition did not come true")


def test_a_fit_is_fetched_run_and_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PERENNIAL_TOKEN", SECRET)
    monkeypatch.setenv("TEMPORAL_API_KEY", "key")
    with platform() as known:
        sent = attempt(known, tmp_path, WRITES).run()
    assert [one["path"] for one in sent] == ["model.onnx", "report.json", "progress.jsonl"]
    assert known.sent[sent[0]["digest"]] == b"model"
    assert sent[0] == {"path": "model.onnx", "digest": f"sha256:{hashlib.sha256(b'model').hexdigest()}", "bytes": 5}
    # Nothing of it stays, and the files of the training were asked for with its own token alone.
    assert list((tmp_path / "work").iterdir()) == []
    assert known.tokens == 1
    assert all("/files/" not in path or headers["authorization"] == "Bearer scoped-1" for _, path, headers, _ in known.asked)


def test_a_file_that_is_not_what_its_digest_says_is_asked_for_again_and_refused(tmp_path: Path) -> None:
    with platform() as known:
        fit = attempt(known, tmp_path, WRITES)
        known.files = {digest: content + b"!" if len(content) < 5_000 else content for digest, content in known.files.items()}
        with pytest.raises(PerennialError, match="spec.json came otherwise than its digest says"):
            fit.run()
    assert known.sent == {} and sum(path.endswith(fit.asked.files[0].digest) for _, path, *_ in known.asked) == 4


def test_a_file_that_is_cut_off_goes_on_where_it_was(tmp_path: Path) -> None:
    with platform() as known:
        fit = attempt(known, tmp_path, WRITES)
        wanted = known.files[fit.asked.files[0].digest]
        access = json.dumps({"token": "scoped-0", "expiresAt": "2999-01-01T00:00:00Z"}).encode()
        known.answers = [(200, {}, access), (200, {"content-length": "100", "connection": "close"}, wanted[:10]), (206, {}, wanted[10:])]
        fit.run()
    assert [headers.get("range") for _, path, headers, _ in known.asked[1:3]] == [None, "bytes=10-"]


def test_another_attempt_finds_the_checkpoint(tmp_path: Path) -> None:
    waits = WRITES + """
import time
open(f"{folder}/checkpoint/step-7", "w").write("here")
open(f"{folder}/pids", "w").write(f"{os.getpid()} ")
time.sleep(100)
"""
    finds = WRITES + """
open(f"{folder}/report.json", "w").write(open(f"{folder}/checkpoint/step-7").read())
"""
    with platform() as known:
        first = attempt(known, tmp_path, waits)
        thread = threading.Thread(target=lambda: pytest.raises(Stopped, first.run))
        thread.start()
        processes_of(tmp_path / "work")
        first.told.set()
        thread.join(30)
        fetched = len(known.asked)
        sent = attempt(known, tmp_path, finds).run()
    assert known.sent[sent[1]["digest"]] == b"here"
    # What it had fetched is not fetched again.
    assert not any(method == "GET" for method, *_ in known.asked[fetched:])


def test_a_trainer_that_fails_says_why(tmp_path: Path) -> None:
    with platform() as known, pytest.raises(PerennialError) as error:
        attempt(known, tmp_path, "import sys; sys.stderr.write('error: no rows of this kind.\\n'); sys.exit(1)").run()
    assert str(error.value) == "The trainer fit ended with 1: error: no rows of this kind."
    assert not error.value.retryable and list((tmp_path / "work").iterdir()) == []


@pytest.mark.parametrize(
    ("code", "limits", "said"),
    [
        ("x = bytearray(300_000_000)\nimport time\nwhile True: x[::4096] = b'1' * len(x[::4096]); time.sleep(0.01)", {"memoryBytesMax": 100_000_000}, "more than 95 MiB of memory"),
        ("import time; time.sleep(60)", {"timeMsMax": 300}, "took longer than 0.3 s"),
        ("import os, time; open(os.environ['PERENNIAL_FOLDER'] + '/big', 'wb').write(bytes(5_000_000)); time.sleep(60)", {"filesBytesMax": 4_000_000}, "wrote more than 3 MiB"),
        ("pass", {}, "left no model file"),
        ("import os; f = os.environ['PERENNIAL_FOLDER']; [open(f + n, 'w').write('x') for n in ('/model.onnx', '/model.xgboost.json')]", {}, "left model.onnx and model.xgboost.json"),
        ("import os; os.symlink('/etc/passwd', os.environ['PERENNIAL_FOLDER'] + '/model.onnx')", {}, "model.onnx, which is no plain file"),
    ],
)
def test_limits_and_results_are_held(tmp_path: Path, code: str, limits: dict[str, int], said: str) -> None:
    with platform() as known, pytest.raises(PerennialError) as error:
        attempt(known, tmp_path, code, limits={**LIMITS, **limits}).run()
    assert said in str(error.value) and known.sent == {}


@pytest.mark.parametrize(
    "file", [{"path": "../x"}, {"path": "/etc/passwd"}, {"path": "checkpoint/x"}, {"path": "a/b/c/d"}, {"path": ".hidden"}, {"digest": "md5:1"}, {"bytes": -1}]
)
def test_files_that_are_none_of_the_folder_are_refused(file: dict[str, Any]) -> None:
    good = {"path": "spec.json", "digest": f"sha256:{'0' * 64}", "bytes": 1}
    raw = {"formatVersion": 1, "model": "m", "runId": "r", "trainer": "t", "stage": "candidate", "files": [{**good, **file}], "limits": {}}
    with pytest.raises(PerennialError, match="The training names"):
        asked_of(raw)
    with pytest.raises(PerennialError, match="does not read"):
        asked_of({**raw, "formatVersion": 2})


def test_a_worker_without_the_right_is_told_so(tmp_path: Path) -> None:
    with platform() as known, pytest.raises(PerennialError, match="may not work on trainings") as error:
        attempt(known, tmp_path, WRITES, token="another").run()
    assert error.value.code == "forbidden" and not error.value.retryable


SLEEPS = """
import os, subprocess, sys, time, signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
folder = os.environ["PERENNIAL_FOLDER"]
child = subprocess.Popen([sys.executable, "-I", "-S", "-c", "import time; time.sleep(100)"])
gone = subprocess.Popen([sys.executable, "-I", "-S", "-c", "import os, time; os.setsid(); time.sleep(100)"])
open(f"{folder}/pids", "w").write(f"{os.getpid()} {child.pid} {gone.pid} ")
time.sleep(100)
"""


def processes_of(folder: Path) -> list[int]:
    def read() -> list[int]:
        found = [path.read_text() for path in folder.glob("*/pids")]
        return [int(word) for word in found[0].split()] if found and found[0].endswith(" ") else []

    return list(until(read))


def is_running(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            return file.read().rsplit(b")", 1)[1].split()[0] != b"Z"
    except OSError:
        return False


def test_called_off_it_ends_within_a_second_with_all_that_it_started(tmp_path: Path) -> None:
    with platform() as known:
        fit = attempt(known, tmp_path, SLEEPS)
        ended: list[BaseException] = []

        def work() -> None:
            try:
                fit.run()
            except BaseException as error:
                ended.append(error)

        thread = threading.Thread(target=work)
        thread.start()
        pids = processes_of(tmp_path / "work")
        begun = time.monotonic()
        fit.told.set()
        thread.join(30)
    took = time.monotonic() - begun
    assert isinstance(ended[0], Stopped)
    assert not any(is_running(pid) for pid in pids)
    # Half a second is the trainer's, for a last checkpoint.
    assert took < 5, took
    # What it knew stays for the next attempt on this machine.
    assert [path.name for path in (tmp_path / "work").iterdir()] != []


def test_a_trainer_ends_with_its_worker(tmp_path: Path) -> None:
    asked = {"command": [sys.executable, "-I", "-S", "-c", SLEEPS], "cwd": str(tmp_path), "folder": str(tmp_path / "work" / "a")}
    (tmp_path / "work" / "a").mkdir(parents=True)
    # A worker that is killed closes the pipe.
    holder = subprocess.Popen([sys.executable, "-I", "-S", supervise.__file__, json.dumps(asked)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    pids = processes_of(tmp_path / "work")
    assert holder.stdin is not None and holder.stdout is not None
    holder.stdin.close()
    assert json.loads(holder.stdout.read())["ended"] == "told"
    holder.stdout.close()
    holder.wait()
    assert not any(is_running(pid) for pid in pids)


def test_two_attempts_of_one_training_do_not_meet(tmp_path: Path) -> None:
    with platform() as known:
        first = attempt(known, tmp_path, SLEEPS)
        thread = threading.Thread(target=lambda: pytest.raises(Stopped, first.run))
        thread.start()
        processes_of(tmp_path / "work")
        with pytest.raises(PerennialError, match="earlier attempt") as error:
            attempt(known, tmp_path, WRITES).run()
        assert error.value.retryable
        first.told.set()
        thread.join(30)
        # And then the checkpoint of the first is there.
        assert attempt(known, tmp_path, WRITES).run()[0]["path"] == "model.onnx"


def test_a_lock_that_was_removed_locks_nobody_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import fcntl

    path = tmp_path / "a.lock"
    flock = fcntl.flock

    def late(file: Any, how: int) -> None:
        # Whoever had it lets go between the opening and the locking.
        path.unlink()
        flock(file, how)

    monkeypatch.setattr(fcntl, "flock", late)
    with pytest.raises(PerennialError, match="earlier attempt"), _alone(path):
        pass


def test_files_that_were_fetched_are_none_of_the_trainers(tmp_path: Path) -> None:
    waits = WRITES + "\nimport time; time.sleep(3)"
    with platform() as known:
        rows = sum(file.bytes for file in attempt(known, tmp_path, waits).asked.files)
        assert rows > 4_000
        sent = attempt(known, tmp_path, waits, limits={**LIMITS, "filesBytesMax": 4_000}).run()
    assert sent[0]["path"] == "model.onnx"


def test_a_trainer_ends_when_what_holds_it_is_lost(tmp_path: Path) -> None:
    with platform() as known:
        fit = attempt(known, tmp_path, SLEEPS)
        ended: list[BaseException] = []

        def work() -> None:
            try:
                fit.run()
            except BaseException as error:
                ended.append(error)

        thread = threading.Thread(target=work)
        thread.start()
        pids = processes_of(tmp_path / "work")
        with open(f"/proc/{pids[0]}/stat", "rb") as file:
            holder = int(file.read().rsplit(b")", 1)[1].split()[1])
        os.kill(holder, signal.SIGKILL)
        thread.join(30)
    assert "ended by signal 9" in str(ended[0])
    until(lambda: not any(is_running(pid) for pid in pids))


def test_progress_is_the_last_whole_line(tmp_path: Path) -> None:
    path = tmp_path / "progress.jsonl"
    follow = Follow(path)
    assert follow.last() is None
    path.write_text('{"done": 1, "of": 4}\nnonsense\n{"done": 2, "of": 4, "secret": 1}\n{"done": 3')
    assert follow.last() == {"done": 2, "of": 4}
    with path.open("a") as file:
        file.write(', "of": 4}\n')
    assert follow.last() == {"done": 3, "of": 4}
    assert follow.last() is None


def test_what_is_a_week_old_goes(tmp_path: Path) -> None:
    for name in ("old", "busy", "young"):
        (tmp_path / name).mkdir()
    (tmp_path / "gone.lock").touch()
    with _alone(tmp_path / "busy.lock"):
        for name in ("old", "busy", "busy.lock", "gone.lock"):
            os.utime(tmp_path / name, (1, 1))
        sweep(tmp_path)
        # A fit may take two weeks.
        assert sorted(path.name for path in tmp_path.iterdir()) == ["busy", "busy.lock", "young"]


def test_queues_by_need() -> None:
    assert [memory_class(size) for size in (0.5, 1, 20, 256)] == [1, 1, 32, 256]
    with pytest.raises(PerennialError, match="no class for 257 GB"):
        memory_class(257)
    assert queue_of("gpu") == "gpu" and queue_of("gpu", "a100", 20) == "gpu-a100-32g" and queue_of("gpu", None, 3) == "gpu-4g"
    assert queues_of("gpu", ["a100"], 4.5) == ["gpu", "gpu-1g", "gpu-2g", "gpu-4g", "gpu-a100", "gpu-a100-1g", "gpu-a100-2g", "gpu-a100-4g"]
    assert queues_of("gpu", [], None) == ["gpu"]


def test_gpus_are_those_that_nvidia_smi_lists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert parse_gpus("0, NVIDIA A100-SXM4-40GB, 40960\nnonsense\n1, NVIDIA L4, [N/A]\n") == [Gpu(0, "NVIDIA A100-SXM4-40GB", 40.0)]
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_gpus() == []
    program = tmp_path / "nvidia-smi"
    program.write_text("#!/bin/sh\nexit 9\n")
    program.chmod(0o755)
    assert find_gpus() == []


@trainer
def fit(train: Any, validation: Any, spec: Any) -> Any: ...


def test_a_worker_describes_itself() -> None:
    gpus = [Gpu(0, "NVIDIA A100", 40.0), Gpu(1, "NVIDIA L4", 24.0)]
    made = Worker("gpu", [fit], Door("http://127.0.0.1:1", "t"), tags=["a100"], gpus=gpus, name="one")
    assert made.described() == {
        "name": "one", "queue": "gpu", "tags": ["a100"], "memoryGb": 24.0, "slots": 2, "trainers": ["fit"],
        "gpus": [{"index": 0, "name": "NVIDIA A100", "memoryGb": 40.0}, {"index": 1, "name": "NVIDIA L4", "memoryGb": 24.0}],
        "package": "perennial-python 0.1.0", "running": [],
    }  # fmt: skip
    # One slot for each, which sees that GPU alone; all take what fits into the smallest.
    assert [slot._environment() for slot in made.slots] == [
        {"CUDA_VISIBLE_DEVICES": "0", "CUDA_DEVICE_ORDER": "PCI_BUS_ID"},
        {"CUDA_VISIBLE_DEVICES": "1", "CUDA_DEVICE_ORDER": "PCI_BUS_ID"},
    ]
    assert made.queues[-1] == "gpu-a100-16g" and "gpu-32g" not in made.queues
    assert [len(Worker("cpu", [fit], Door("http://127.0.0.1:1", "t"), gpus=[], slots=slots).slots) for slots in (None, 3)] == [1, 3]
    with pytest.raises(PerennialError, match="two of them have the same name"):
        Worker("gpu", [fit, fit], Door("http://127.0.0.1:1", "t"), gpus=[])

