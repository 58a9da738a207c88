from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import Binarizer, OneHotEncoder, StandardScaler

from predictor.inputs import MISSING, CategoricalInput


def for_linear(inputs: Sequence[Input]) -> ColumnTransformer:
    steps: list[Any] = []
    for item in inputs:
        if item.kind != "numeric":
            continue
        fill = SimpleImputer(strategy="constant", fill_value=float(np.float32(item.typical)))
        steps.append(
            (
                f"{item.key}: value",
                Pipeline([("fill", fill), ("double", TO_DOUBLE), ("scale", StandardScaler())]),
                [item.key],
            )
        )
        if item.nullable:
            mark = SimpleImputer(strategy="constant", fill_value=-3e38)
            steps.append(
                (
                    f"{item.key}: given",
                    Pipeline([("mark", mark), ("tell", Binarizer(threshold=-2e38)), ("double", TO_DOUBLE)]),
                    [item.key],
                )
            )
    for item in inputs:
        if isinstance(item, CategoricalInput):
            known = list(item.choices)
            if item.nullable and MISSING not in known:
                known.append(MISSING)
            one_hot = OneHotEncoder(categories=[known], handle_unknown="ignore", sparse_output=False)
            steps.append((f"{item.key}: choices", Pipeline([("one", one_hot), ("double", TO_DOUBLE)]), [item.key]))
    return ColumnTransformer(steps, sparse_threshold=0)
