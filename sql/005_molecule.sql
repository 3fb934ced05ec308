-- Molecules: every distinct SMILES of the database, once, and what two
-- engines say about it.
CREATE TABLE decant.smiles_column (
    table_schema text NOT NULL,
    table_name   text NOT NULL,
    column_name  text NOT NULL,
    kind         text NOT NULL
        CHECK (kind IN ('smiles', 'smiles[]', 'reaction')),
    PRIMARY KEY (table_schema, table_name, column_name)
);
COMMENT ON TABLE decant.smiles_column IS
    'Where decant molecules finds SMILES; profiles and --column fill it';

CREATE TABLE decant.molecule (
    id             bytea PRIMARY KEY CHECK (octet_length(id) = 16),
    smiles         text NOT NULL,
    state          text NOT NULL CHECK (state IN ('done', 'crashed', 'timeout',
                       'memory', 'refused', 'invalid', 'native')),
    native_ok      boolean NOT NULL,
    native_code    text,
    native_at      bigint,
    warnings       text[],
    formula        text,
    weight         double precision,
    exact_mass     double precision,
    heavy_atoms    bigint,
    rings          bigint,
    charge         bigint,
    canonical      text,
    inchikey       text,
    engine_ok      boolean,
    engine_formula text,
    engine_message text,
    engine_version text,
    agrees         boolean,
    judged_at      timestamptz NOT NULL DEFAULT now(),
    CHECK ((state = 'invalid') = (NOT native_ok)),
    CHECK ((state = 'done') = (engine_ok IS NOT NULL))
);
CREATE INDEX molecule_smiles ON decant.molecule USING hash (smiles);
CREATE INDEX molecule_inchikey ON decant.molecule (inchikey);
COMMENT ON TABLE decant.molecule IS
    'One row per distinct SMILES, as it was found; join it on smiles';
COMMENT ON COLUMN decant.molecule.id IS 'XXH3-128 of smiles';
COMMENT ON COLUMN decant.molecule.state IS
    'What became of the question to Open Babel: done (it answered), crashed, '
    'timeout, memory (it died of this one), refused (it is known to die of '
    'such), invalid (not asked: no sound SMILES), native (was not there)';
COMMENT ON COLUMN decant.molecule.native_ok IS
    'Verdict of decant; why not in native_code, the byte in native_at';
COMMENT ON COLUMN decant.molecule.formula IS
    'Hill order; like weight, exact_mass, heavy_atoms, rings and charge from '
    'decant itself';
COMMENT ON COLUMN decant.molecule.engine_ok IS
    'Verdict of Open Babel; canonical and inchikey are its own, too';
COMMENT ON COLUMN decant.molecule.agrees IS
    'Same verdict and same formula; NULL where only one was asked';

CREATE VIEW decant.molecule_disagreement AS
SELECT smiles,
    CASE WHEN engine_ok = native_ok THEN 'formula' ELSE 'verdict' END AS about,
    native_ok, formula, engine_ok, engine_formula, engine_message,
    engine_version, id
FROM decant.molecule
WHERE NOT agrees;
COMMENT ON VIEW decant.molecule_disagreement IS
    'Molecules about which decant and Open Babel do not say the same';
