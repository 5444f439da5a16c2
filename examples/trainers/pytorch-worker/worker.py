"""Fits orders that come back with PyTorch, on a machine of its own; on its GPU where it has one.

    PERENNIAL_URL=https://… PERENNIAL_TOKEN=… TEMPORAL_ADDRESS=… python worker.py
"""

import io

import numpy as np
import pandas as pd
import perennial
import torch
from torch import nn


class Network(nn.Module):
    """Two layers over scaled numbers; gives both probabilities."""

    def __init__(self, mean: torch.Tensor, scale: torch.Tensor, width: int) -> None:
        super().__init__()
        self.register_buffer("mean", mean)
        self.register_buffer("scale", scale)
        self.layers = nn.Sequential(nn.Linear(len(mean), width), nn.ReLU(), nn.Linear(width, 1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        positive = torch.sigmoid(self.layers((x - self.mean) / self.scale))
        return torch.cat([1 - positive, positive], dim=1)


@perennial.trainer(name="orders")
def fit(train: pd.DataFrame, validation: pd.DataFrame, spec: perennial.Spec) -> perennial.Trained:
    torch.manual_seed(spec.seed)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    names = spec.numbers
    x = spec.x(train)[names].to_numpy(np.float32)
    y = torch.tensor(spec.codes(train), dtype=torch.float32, device=device)
    given = torch.tensor(x, device=device)
    model = Network(given.mean(0), given.std(0) + 1e-6, spec.settings["width"]).to(device)
    optimiser = torch.optim.Adam(model.parameters(), lr=0.01)
    saved = spec.checkpoint_dir / "state.pt"
    first = 0
    if saved.exists():
        state = torch.load(saved, weights_only=True)
        model.load_state_dict(state["model"])
        optimiser.load_state_dict(state["optimiser"])
        first = state["epoch"]
    for epoch in range(first, spec.settings["epochs"]):
        for at in torch.randperm(len(y), device=device).split(256):
            optimiser.zero_grad()
            loss = nn.functional.binary_cross_entropy(model(given[at])[:, 1], y[at])
            loss.backward()
            optimiser.step()
        making = saved.with_suffix(".part")
        torch.save({"epoch": epoch + 1, "model": model.state_dict(), "optimiser": optimiser.state_dict()}, making)
        making.replace(saved)
        spec.progress(epoch + 1, spec.settings["epochs"], loss=float(loss))
    model = model.cpu().eval()

    def predict(rows: pd.DataFrame) -> np.ndarray:
        with torch.no_grad():
            return model(torch.tensor(spec.x(rows)[names].to_numpy(np.float32))).numpy()

    return perennial.Trained(export(model, names), predict=predict, note=f"fitted on {device}")


class ByName(nn.Module):
    """The same, asked with one column for each feature."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, *columns: torch.Tensor) -> torch.Tensor:
        return self.model(torch.cat(columns, dim=1))


def export(model: nn.Module, names: list[str]) -> bytes:
    file = io.BytesIO()
    columns = tuple(torch.zeros(2, 1) for _ in names)
    torch.onnx.export(
        ByName(model), columns, file, dynamo=False, opset_version=17, input_names=names, output_names=["probabilities"],
        dynamic_axes={name: {0: "rows"} for name in [*names, "probabilities"]},
    )
    return file.getvalue()


if __name__ == "__main__":
    perennial.worker("fits", [fit])
