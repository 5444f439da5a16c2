"""The same two steps in Python: pip install temporalio; TEMPORAL_ADDRESS=127.0.0.1:7233 python worker.py"""

import asyncio
import os

from temporalio import activity
from temporalio.client import Client
from temporalio.worker import Worker


@activity.defn(name="calibrationAudit")
async def calibration_audit(step: dict) -> dict:
    brier = step["report"]["testMetrics"].get("brier", 1)
    verdict = "pass" if brier <= step["settings"]["brierMax"] else "fail"
    return {"verdict": verdict, "text": f"Brier score {brier}", "metrics": {"brier": brier}}


@activity.defn(name="tellTheShop")
async def tell_the_shop(step: dict) -> dict:
    return {"text": f"{step['model']} v{step['version']} answers now"}


async def main() -> None:
    client = await Client.connect(
        os.environ.get("TEMPORAL_ADDRESS", "127.0.0.1:7233"),
        namespace=os.environ.get("TEMPORAL_NAMESPACE", "perennial"),
    )
    await Worker(client, task_queue="shop-steps", activities=[calibration_audit, tell_the_shop]).run()


if __name__ == "__main__":
    asyncio.run(main())
