-- $1 rows as a JSON array; how many rows there are now, and how many of them
-- the engines disagree about.
WITH new AS (
    SELECT r.*, (engine->>'ok')::boolean AS engine_ok,
        engine->>'formula' AS engine_formula
    FROM json_to_recordset($1::json) AS r (id text, smiles text, state text,
        native_ok boolean, native_code text, native_at bigint,
        warnings text[], formula text, weight double precision,
        exact_mass double precision, heavy_atoms bigint, rings bigint,
        charge bigint, message text, version text, engine json)
), put AS (
    INSERT INTO decant.molecule AS m (id, smiles, state, native_ok,
        native_code, native_at, warnings, formula, weight, exact_mass,
        heavy_atoms, rings, charge, canonical, inchikey, engine_ok,
        engine_formula, engine_message, engine_version, agrees)
    SELECT decode(id, 'hex'), smiles, state, native_ok, native_code, native_at,
        warnings, formula, weight, exact_mass, heavy_atoms, rings, charge,
        engine->>'canonical', engine->>'inchikey',
        CASE WHEN state = 'done' THEN engine_ok END,
        engine_formula, coalesce(engine->>'message', message), version,
        CASE WHEN state = 'done' THEN engine_ok = native_ok
            AND (NOT engine_ok OR engine_formula IS NOT DISTINCT FROM formula)
        END
    FROM new
    ON CONFLICT (id) DO UPDATE SET
        state = excluded.state, native_ok = excluded.native_ok,
        native_code = excluded.native_code, native_at = excluded.native_at,
        warnings = excluded.warnings, formula = excluded.formula,
        weight = excluded.weight, exact_mass = excluded.exact_mass,
        heavy_atoms = excluded.heavy_atoms, rings = excluded.rings,
        charge = excluded.charge, canonical = excluded.canonical,
        inchikey = excluded.inchikey, engine_ok = excluded.engine_ok,
        engine_formula = excluded.engine_formula,
        engine_message = excluded.engine_message,
        engine_version = excluded.engine_version, agrees = excluded.agrees,
        judged_at = excluded.judged_at
        WHERE m.smiles = excluded.smiles
    RETURNING agrees
)
SELECT count(*), count(*) FILTER (WHERE NOT agrees) FROM put;
