"""The model that MLflow loads and serves: a model from code, around the packaged one.

MLflow runs this file when it keeps a model, too, so torch is imported only where one is loaded.
"""

import os
from typing import Any

import pandas as pd
from mlflow.exceptions import MlflowException
from mlflow.models import set_model
from mlflow.pyfunc.model import PythonModel, PythonModelContext

from trainyard.errors import DataError


class Served(PythonModel):
    """Takes raw rows as a DataFrame and returns one: `prediction` and `probability_<class>`, or one column a target."""

    def load_context(self, context: PythonModelContext) -> None:
        """Load the packaged model among the artifacts.

        A network of one's own is imported from the packages that the environment's TRAINYARD_TRUSTED names, with commas
        between them: who serves a model decides whose code is run.
        """
        from trainyard.inference.load import load

        trust = [name for name in os.environ.get("TRAINYARD_TRUSTED", "").split(",") if name]
        self.model = load(context.artifacts["model"], trust=trust)

    def predict(
        self, context: PythonModelContext, model_input: pd.DataFrame, params: dict[str, Any] | None = None
    ) -> pd.DataFrame:
        """Return the predictions for raw rows, in their order.

        Raises MlflowException, which a server answers with status 400, naming the columns that are missing or wrong.
        """
        del context, params
        try:
            columns = self.model.predict_columns(model_input)
        except DataError as error:
            raise MlflowException.invalid_parameter_value(" ".join(error.faults)) from None
        return pd.DataFrame(columns, index=model_input.index)


set_model(Served())
