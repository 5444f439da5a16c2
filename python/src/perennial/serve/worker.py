"""``perennial.worker``: serves trainers on a queue of Temporal until the process is told to end."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import platform
import re
import signal
import sys
import tempfile
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..client.door import Door, door_of
from ..errors import PerennialError, missing_package
from ..version import VERSION
from .attempt import Attempt, Stopped, asked_of
from .gpus import Gpu, find_gpus
from .queues import queues_of

if TYPE_CHECKING:
    from ..trainer import Trainer

HEARTBEAT_SECONDS = 1.0
# One that says nothing for a minute is taken to be gone.
ADVERTISE_SECONDS = 15.0
END_SECONDS_MAX = 10.0
BUSY_SECONDS = 1.0

log = logging.getLogger("perennial.worker")


def worker(
    queue: str,
    trainers: Sequence[Trainer],
    *,
    url: str | None = None,
    token: str | None = None,
    temporal: str | None = None,
    namespace: str | None = None,
    tags: Sequence[str] = (),
    memory_gb: float | None = None,
    slots: int | None = None,
    work_dir: str | os.PathLike[str] | None = None,
    name: str | None = None,
) -> None:
    """Serves trainers until SIGTERM or SIGINT; what is under way then goes on elsewhere.

    Without ``url`` and ``token`` PERENNIAL_URL (the control API) and PERENNIAL_TOKEN (with ``training:work``) are taken;
    without ``temporal`` and ``namespace`` the standard environment of Temporal (TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, …).
    A machine with GPUs has one slot for each, which alone is visible to its trainings; one without has ``slots`` (1).
    ``memory_gb`` of a slot: what the smallest GPU has, else an equal share of the machine's. ``work_dir``: holds the files of
    trainings that are under way, and their checkpoints.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stderr)
    made = Worker(
        queue, trainers, door_of(url, token), temporal=temporal, namespace=namespace, tags=tags, memory_gb=memory_gb,
        slots=slots, work_dir=work_dir, name=name,
    )  # fmt: skip
    asyncio.run(made.run_until_signal())


class Worker:
    """The same for programs that have a loop of their own: ``await Worker(…).run()``."""

    def __init__(
        self, queue: str, trainers: Sequence[Trainer], door: Door, *, temporal: str | None = None, namespace: str | None = None,
        tags: Sequence[str] = (), memory_gb: float | None = None, slots: int | None = None,
        work_dir: str | os.PathLike[str] | None = None, name: str | None = None, gpus: Sequence[Gpu] | None = None,
    ) -> None:  # fmt: skip
        self.queue, self.door, self.tags = queue, door, list(tags)
        self.trainers: dict[str, str] = {str(one.name): one.reference for one in trainers}
        if not trainers or len(self.trainers) != len(trainers):
            raise PerennialError("trainers is empty, or two of them have the same name.", "Name them: @trainer(name=…).", code="configuration")
        self.gpus = list(find_gpus() if gpus is None else gpus)
        count = len(self.gpus) or slots or 1
        machine_gb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
        self.memory_gb = memory_gb or (min(gpu.memory_gb for gpu in self.gpus) if self.gpus else round(machine_gb / count, 1))
        self.temporal, self.namespace = temporal, namespace
        self.work = Path(work_dir or os.environ.get("PERENNIAL_WORK_DIR") or Path(tempfile.gettempdir()) / f"perennial-work-{os.getuid()}").resolve()
        self.name = re.sub(r"[^A-Za-z0-9._:-]", "-", name or f"{platform.node()}-{os.getpid()}").lstrip("._:-")[:100] or "worker"
        self.slots = [Slot(self, self.gpus[at] if self.gpus else None) for at in range(count)]
        self.queues = queues_of(queue, self.tags, self.memory_gb)
        self._ending = asyncio.Event()
        self._news = asyncio.Event()

    def advertise_soon(self) -> None:
        """What is running has changed."""
        self._news.set()

    def stop(self) -> None:
        """Ends ``run``; what is under way is called off and goes on elsewhere."""
        self._ending.set()

    async def run_until_signal(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        await self.run()

    async def run(self) -> None:
        """Returns after ``stop``. Raises PerennialError when it cannot begin."""
        await self._advertise()
        log.info("serves %s on %s, %d slot(s) of %g GB", ", ".join(self.trainers), self.queue, len(self.slots), self.memory_gb)
        advertising = asyncio.create_task(self._keep_advertising())
        try:
            serving = [asyncio.create_task(slot.serve(self._ending)) for slot in self.slots]
            await asyncio.gather(*serving)
        finally:
            advertising.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await advertising

    def described(self) -> dict[str, Any]:
        """What the platform is told of this worker."""
        return {
            "name": self.name, "queue": self.queue, "tags": self.tags, "memoryGb": self.memory_gb,
            "slots": len(self.slots),
            "gpus": [{"index": gpu.index, "name": gpu.name[:100], "memoryGb": gpu.memory_gb} for gpu in self.gpus],
            "trainers": list(self.trainers), "package": f"perennial-python {VERSION}",
            "running": [slot.run for slot in self.slots if slot.run is not None],
        }  # fmt: skip

    async def _advertise(self) -> None:
        await asyncio.to_thread(self.door.ask, "POST", "/v1/trainer-workers", self.described())

    async def _keep_advertising(self) -> None:
        was_told = False
        while True:
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._news.wait(), ADVERTISE_SECONDS)
            self._news.clear()
            try:
                await self._advertise()
                was_told = False
            except PerennialError as error:
                # Trainings come through Temporal, which may well be there.
                if not was_told:
                    log.warning("cannot tell the platform that this worker is here: %s", error)
                was_told = True


class Slot:
    """A place for one training at a time: it listens to all of its queues while it is free, and to none while it works."""

    def __init__(self, owner: Worker, gpu: Gpu | None) -> None:
        self.owner, self.gpu = owner, gpu
        self.busy_queue: str | None = None
        self.run: str | None = None
        self._changed = asyncio.Event()
        self._ending = False

    async def serve(self, ending: asyncio.Event) -> None:
        """Until ``ending`` is set."""
        temporal = _temporal()
        # Each slot has a connection of its own: one connection serves a queue once.
        client = await _connect(self.owner.temporal, self.owner.namespace)

        async def fit(raw: dict[str, Any]) -> dict[str, Any]:
            return await self.fit(raw)

        fit = temporal.activity.defn(name="fitExternal")(fit)
        running: dict[str, tuple[Any, asyncio.Task[None]]] = {}
        stop = asyncio.create_task(ending.wait())
        try:
            while not stop.done():
                self._changed.clear()
                if self.busy_queue is None:
                    for queue in self.owner.queues:
                        if queue not in running:
                            made = self._listen(temporal, client, queue, fit)
                            running[queue] = (made, asyncio.create_task(made.run()))
                else:
                    idle = [queue for queue in running if queue != self.busy_queue]
                    await asyncio.gather(*(running[queue][0].shutdown() for queue in idle))
                    for queue in idle:
                        await running.pop(queue)[1]
                await self._wait(stop, [task for _, task in running.values()])
        finally:
            self._ending = True
            stop.cancel()
            await asyncio.gather(*(made.shutdown() for made, task in running.values() if not task.done()))
            await asyncio.gather(*(task for _, task in running.values()))

    async def _wait(self, stop: asyncio.Task[Any], listening: list[asyncio.Task[None]]) -> None:
        changed = asyncio.create_task(self._changed.wait())
        done, _ = await asyncio.wait([stop, changed, *listening], return_when=asyncio.FIRST_COMPLETED)
        changed.cancel()
        for task in done & set(listening):
            await task  # A listener that ended by itself has failed.

    def _listen(self, temporal: Any, client: Any, queue: str, fit: Any) -> Any:
        pause = timedelta(seconds=HEARTBEAT_SECONDS)
        return temporal.worker.Worker(
            client, task_queue=queue, activities=[fit], max_concurrent_activities=1, identity=self.owner.name,
            # A cancellation is heard with a heartbeat.
            max_heartbeat_throttle_interval=pause, default_heartbeat_throttle_interval=pause,
            graceful_shutdown_timeout=timedelta(0),
        )  # fmt: skip

    async def fit(self, raw: dict[str, Any]) -> dict[str, Any]:
        """The activity ``fitExternal``."""
        temporal = _temporal()
        if self.busy_queue is not None or self._ending:
            # Two queues may hand out a training in the same moment.
            raise temporal.exceptions.ApplicationError(
                f"The slot of worker {self.owner.name} was taken just now.", type="busy", next_retry_delay=timedelta(seconds=BUSY_SECONDS)
            )
        self.busy_queue = temporal.activity.info().task_queue
        self._changed.set()
        try:
            asked = asked_of(raw)
            reference = self.owner.trainers.get(asked.trainer)
            if reference is None:
                raise PerennialError(
                    f'The worker {self.owner.name} has no trainer "{asked.trainer}"; it has {", ".join(self.owner.trainers)}.',
                    "Name one of these in the definition, or serve it there.", code="unavailable", retryable=True,
                )  # fmt: skip
            command = [sys.executable, "-m", "perennial", "train", reference]
            code = Path(reference.rpartition(":")[0]).parent
            attempt = Attempt(asked, self.owner.door, command, code, self.owner.work, self._environment())
            self.run = asked.run
            self.owner.advertise_soon()
            log.info("%s: begins (%s, %s)", asked.run, asked.trainer, asked.stage)
            files = await self._beating(temporal, attempt)
            log.info("%s: done", asked.run)
            return {"files": files}
        except PerennialError as error:
            log.warning("training failed: %s", error)
            raise temporal.exceptions.ApplicationError(str(error), type=error.code, non_retryable=not error.retryable) from None
        finally:
            self.busy_queue = self.run = None
            self._changed.set()
            self.owner.advertise_soon()

    def _environment(self) -> Mapping[str, str]:
        # Without the order CUDA counts the fastest first, and nvidia-smi by the bus.
        return {} if self.gpu is None else {"CUDA_VISIBLE_DEVICES": str(self.gpu.index), "CUDA_DEVICE_ORDER": "PCI_BUS_ID"}

    async def _beating(self, temporal: Any, attempt: Attempt) -> list[dict[str, Any]]:
        """The attempt in a thread, a heartbeat a second; called off, it has ended its processes before this returns."""
        work = asyncio.create_task(asyncio.to_thread(attempt.run))
        try:
            while True:
                temporal.activity.heartbeat(attempt.said)
                done, _ = await asyncio.wait([work], timeout=HEARTBEAT_SECONDS)
                if done:
                    return work.result()
        except asyncio.CancelledError:
            attempt.told.set()
            await asyncio.wait([work], timeout=END_SECONDS_MAX)
            if work.done() and not work.cancelled():
                work.exception()
            if self._ending or temporal.activity.is_worker_shutdown():
                raise temporal.exceptions.ApplicationError(f"The worker {self.owner.name} is being ended.", type="unavailable") from None
            raise
        except Stopped:
            raise asyncio.CancelledError from None


def _temporal() -> Any:
    try:
        import temporalio
        import temporalio.activity
        import temporalio.client
        import temporalio.exceptions
        import temporalio.worker
    except ImportError:
        raise missing_package("temporalio", "worker") from None
    return temporalio


async def _connect(address: str | None, namespace: str | None) -> Any:
    temporal = _temporal()
    from temporalio.envconfig import ClientConfig

    settings: dict[str, Any] = dict(ClientConfig.load_client_connect_config())
    if address is not None:
        settings["target_host"] = address
    if namespace is not None:
        settings["namespace"] = namespace
    settings.setdefault("target_host", "127.0.0.1:7233")
    try:
        return await temporal.client.Client.connect(**settings)
    except (RuntimeError, OSError) as cause:
        raise PerennialError(
            f"Temporal cannot be reached at {settings['target_host']} ({str(cause)[:200]}).", "Set temporal or TEMPORAL_ADDRESS.", code="unreachable"
        ) from None
