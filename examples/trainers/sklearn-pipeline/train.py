"""Fits orders that come back: a pipeline of scikit-learn, which becomes ONNX by itself."""

import pandas as pd
import perennial
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler


@perennial.trainer
def fit(train: pd.DataFrame, validation: pd.DataFrame, spec: perennial.Spec) -> Pipeline:
    columns = make_column_transformer(
        (OneHotEncoder(handle_unknown="ignore"), spec.categories),
        (make_pipeline(SimpleImputer(), StandardScaler()), spec.numbers),
    )
    model = make_pipeline(columns, LogisticRegression(C=spec.settings["strength"]))
    model.fit(spec.x(train), spec.y(train))
    if len(validation) > 0:
        perennial.log_metrics({"accuracy": model.score(spec.x(validation), spec.y(validation))})
    return model


if __name__ == "__main__":
    fit.run()
