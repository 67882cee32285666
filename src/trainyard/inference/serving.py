"""The model that MLflow loads and serves: a model from code, around the packaged one."""

from typing import Any

import pandas as pd
from mlflow.models import set_model
from mlflow.pyfunc.model import PythonModel, PythonModelContext

from trainyard.inference.card import probability_name
from trainyard.inference.load import load
from trainyard.inference.model import Model


class Served(PythonModel):
    """Takes raw rows as a DataFrame and returns one: `prediction` and `probability_<class>`, or one column a target."""

    model: Model

    def load_context(self, context: PythonModelContext) -> None:
        """Load the packaged model among the artifacts."""
        self.model = load(context.artifacts["model"])

    def predict(
        self, context: PythonModelContext, model_input: pd.DataFrame, params: dict[str, Any] | None = None
    ) -> pd.DataFrame:
        """Return the predictions for raw rows, in their order."""
        del context, params
        model = self.model
        if model.classes is None:
            predicted = model.predict(model_input).reshape(len(model_input), -1)
            return pd.DataFrame(predicted, columns=list(model.targets), index=model_input.index)
        probability = model.predict_proba(model_input)
        columns = {probability_name(label): probability[:, number] for number, label in enumerate(model.classes)}
        labels = model.labels()[probability.argmax(axis=1)]
        return pd.DataFrame({"prediction": labels, **columns}, index=model_input.index)


set_model(Served())
