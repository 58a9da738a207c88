from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import Binarizer

from predictor.inputs import NumericInput


def filled(item: NumericInput) -> Pipeline:
    fill = SimpleImputer(strategy="constant", fill_value=float(np.float32(item.typical)))
    return make_pipeline(fill, TO_DOUBLE)


def given() -> Pipeline:
    return make_pipeline(
        SimpleImputer(strategy="constant", fill_value=ABSENT), Binarizer(threshold=ABSENT / 2), TO_DOUBLE
    )


def for_linear(inputs: Sequence[Input]) -> ColumnTransformer:
    numeric = [item for item in inputs if isinstance(item, NumericInput)]
    return ColumnTransformer(
        [
            *((f"filled {item.key}", filled(item), [item.key]) for item in numeric),
            ("given", given(), [item.key for item in numeric if item.nullable]),
            *((name, make_pipeline(step, TO_DOUBLE), columns) for name, step, columns in _one_hot(inputs)),
        ],
        sparse_threshold=0,
    )
