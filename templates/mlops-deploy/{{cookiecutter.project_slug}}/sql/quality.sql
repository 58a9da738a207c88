-- Are the inputs of the day before :day what training has promised? :expected is a JSON list of {name, min, max, choices},
-- from the manifest. One row for each input and each thing that is wrong with it: the share of the day's answers.
WITH inputs AS (
  SELECT
    e.value ->> 'name' AS slice,
    json_extract(p.inputs, '$.' || (e.value ->> 'name')) AS given,
    e.value ->> 'min' AS least,
    e.value ->> 'max' AS most,
    e.value -> 'choices' AS choices
  FROM predictions AS p
  CROSS JOIN json_each(:expected) AS e
  WHERE p.day = date(:day, '-1 day') AND p.reference IS NOT NULL
),
faults AS (
  SELECT
    slice,
    count(*) AS n,
    avg(given IS NULL) AS missing,
    avg(coalesce(given < least OR given > most, 0)) AS out_of_range,
    avg(coalesce(choices IS NOT NULL AND given NOT IN (SELECT value FROM json_each(choices)), 0)) AS unknown
  FROM inputs
  GROUP BY slice
)
SELECT 'missing' AS name, slice, n, missing AS value FROM faults WHERE missing > 0
UNION ALL
SELECT 'out_of_range', slice, n, out_of_range FROM faults WHERE out_of_range > 0
UNION ALL
SELECT 'unknown', slice, n, unknown FROM faults WHERE unknown > 0
