"""A worker on a real queue: Temporal's own server, and a small HTTP server for the platform."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from perennial.client.door import Door
from perennial.serve.worker import Worker
from server import SECRET, Platform, platform
from some_trainers import broken, endless, quick
from temporalio import workflow
from temporalio.client import Client, WorkflowFailureError, WorkflowHandle
from temporalio.exceptions import ActivityError, ApplicationError
from temporalio.worker import UnsandboxedWorkflowRunner
from temporalio.worker import Worker as TemporalWorker
from test_serve import ask, is_running


def temporal_cli() -> str | None:
    """What the suites of Perennial have fetched or built, else one on PATH."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "perennial"
    found = sorted(cache.glob("temporal-cli-*/temporal"))
    return str(found[-1]) if found else shutil.which("temporal")


CLI = temporal_cli()
pytestmark = pytest.mark.skipif(CLI is None, reason="needs the Temporal CLI: npm test fetches it")


@workflow.defn(name="train", sandboxed=False)
class Train:
    @workflow.run
    async def run(self, asked: dict[str, Any], queue: str) -> Any:
        return await workflow.execute_activity(
            "fitExternal", asked, task_queue=queue, start_to_close_timeout=timedelta(minutes=5), heartbeat_timeout=timedelta(seconds=20),
            cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
        )  # fmt: skip


@asynccontextmanager
async def temporal_server() -> AsyncIterator[str]:
    """The SDK's own way waits five seconds for it, which a busy machine does not keep."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert CLI is not None
    words = [CLI, "server", "start-dev", "--headless", "--ip=127.0.0.1", f"--port={port}", "--log-level=error"]
    server = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.kill()
        server.wait()


async def connected(address: str) -> Client:
    end = time.monotonic() + 120
    while True:
        try:
            return await Client.connect(address)
        except RuntimeError:
            assert time.monotonic() < end
            await asyncio.sleep(0.05)


@asynccontextmanager
async def serving(known: Platform, tmp_path: Path) -> AsyncIterator[tuple[Client, Worker]]:
    async with temporal_server() as address:
        client = await connected(address)
        worker = Worker(
            "fits", [quick, broken, endless], Door(known.url, SECRET), temporal=address, tags=["a100"], memory_gb=2, gpus=[],
            work_dir=tmp_path / "work", name="one",
        )  # fmt: skip
        running = asyncio.create_task(worker.run())
        here = asyncio.current_task()
        assert here is not None
        # A worker that fails ends the test; `finally` says why.
        running.add_done_callback(lambda ended: ended.exception() and here.cancel())
        async with TemporalWorker(client, task_queue="workflows", workflows=[Train], workflow_runner=UnsandboxedWorkflowRunner()):
            try:
                yield client, worker
            finally:
                worker.stop()
                await asyncio.wait_for(running, 60)


async def start(client: Client, asked: dict[str, Any], queue: str, name: str) -> WorkflowHandle[Any, Any]:
    return await client.start_workflow(Train.run, args=[asked, queue], id=name, task_queue="workflows")


async def until(condition: Callable[[], Any]) -> Any:
    end = time.monotonic() + 120
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        await asyncio.sleep(0.02)
    raise AssertionError("the condition did not come true")


def advertised(known: Platform) -> list[dict[str, Any]]:
    return [json.loads(body) for _, path, _, body in known.asked if path == "/v1/trainer-workers"]


def test_fits_are_taken_from_every_queue_one_at_a_time(tmp_path: Path) -> None:
    async def play(known: Platform) -> None:
        async with serving(known, tmp_path) as (client, _):
            queues = ["fits", "fits-a100-2g"]
            asked = [ask(known, tmp_path / queue, trainer="quick", runId=f"train/orders/{at}") for at, queue in enumerate(queues)]
            handles = [await start(client, one, queue, queue) for one, queue in zip(asked, queues, strict=True)]
            for handle in handles:
                answer = await handle.result()
                assert [one["path"] for one in answer["files"]] == ["model.onnx", "report.json", "progress.jsonl"]
            history = "".join([str(event) async for event in handles[0].fetch_history_events()])
            assert SECRET not in history and "scoped-" not in history

    with platform() as known:
        asyncio.run(play(known))
    assert b"\x08model" in known.sent.values()
    running = [one["running"] for one in advertised(known)]
    assert running[0] == [] and ["train/orders/0"] in running and max(map(len, running)) == 1


def test_a_fit_that_fails_is_not_tried_again_and_says_why(tmp_path: Path) -> None:
    async def play(known: Platform) -> ApplicationError:
        async with serving(known, tmp_path) as (client, _):
            handle = await start(client, ask(known, tmp_path, trainer="broken"), "fits", "broken")
            with pytest.raises(WorkflowFailureError) as failure:
                await handle.result()
            assert isinstance(failure.value.cause, ActivityError)
            cause = failure.value.cause.cause
            assert isinstance(cause, ApplicationError)
            return cause

    with platform() as known:
        cause = asyncio.run(play(known))
    assert (cause.type, cause.non_retryable) == ("training_failed", True)
    assert "The trainer broken ended with 1: error: The trainer returned a builtins.int" in cause.message


def test_a_cancelled_fit_ends_with_all_that_it_started(tmp_path: Path) -> None:
    async def play(known: Platform) -> None:
        async with serving(known, tmp_path) as (client, _):
            handle = await start(client, ask(known, tmp_path, trainer="endless"), "fits-1g", "endless")
            [pids] = await until(lambda: [*(tmp_path / "work").glob("*/pids")])
            pid = int(await until(lambda: pids.read_text() or None))
            await handle.cancel()
            with pytest.raises(WorkflowFailureError):
                await handle.result()
            assert not is_running(pid)

    with platform() as known:
        asyncio.run(play(known))


def test_a_worker_that_is_ended_hands_its_fit_on(tmp_path: Path) -> None:
    async def play(known: Platform) -> None:
        async with serving(known, tmp_path) as (client, worker):
            await start(client, ask(known, tmp_path, trainer="endless"), "fits", "endless")
            [pids] = await until(lambda: [*(tmp_path / "work").glob("*/pids")])
            pid = int(await until(lambda: pids.read_text() or None))
            worker.stop()
            await until(lambda: not is_running(pid))

            async def is_waiting() -> bool:
                described = await client.get_workflow_handle("endless").describe()
                return any(one.attempt > 1 for one in described.raw_description.pending_activities)

            end = time.monotonic() + 60
            while not await is_waiting():
                assert time.monotonic() < end
                await asyncio.sleep(0.05)

    with platform() as known:
        asyncio.run(play(known))
