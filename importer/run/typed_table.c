/* typed_table.c - see typed_table.h. */
#include "importer/run/typed_table.h"

#include "importer/pg/molecule.h"
#include "importer/pg/sql_text.h"
#include "importer/stage/typed.h"
#include "validate/record/profile_look.h"

#include <string.h>

_Static_assert(PROFILE_COLUMNS_MAX <= TABLE_COLUMNS_MAX, "each has a place");

/* decant molecules looks into the columns that hold SMILES. */
static bool tell_molecules(struct pg *pg, const struct profile *p,
                           const struct table_plan *table, struct err *err)
{
    for (size_t i = 0; i < p->n_columns; i++) {
        const struct column *c = &p->columns[i];
        bool reaction = c->class == FIELD_REACTION_SMILES;
        char name[2 * TABLE_NAME + 3];
        struct sql_text t;

        if ((!reaction && c->class != FIELD_SMILES) ||
            (c->type != COLUMN_TEXT && c->type != COLUMN_TEXT_ARRAY))
            continue;
        sql_init(&t, name, sizeof(name));
        sql_name(&t, c->name);
        if (!molecule_column_declare(pg, table->table, name, reaction, err))
            return false;
    }
    return true;
}

bool typed_table(struct pg *pg, const struct typed_table *t,
                 struct table_plan *out, struct err *err)
{
    const struct profile *p = t->profile;
    struct table_column columns[TABLE_COLUMNS_MAX];
    struct table_want want = {
        .schema = p->table_schema,
        .name = p->table,
        .columns = columns,
        .n_columns = p->n_columns,
        .profile = slice_of(t->identity.name, strlen(t->identity.name)),
        .hash = t->identity.hash,
        .source_at = profile_source_column(p),
        .offset_at = profile_offset_column(p),
        .dimension = profile_dimension(p),
        .look_only = t->look_only,
        .say = t->say,
        .ctx = t->ctx,
    };

    for (size_t i = 0; i < p->n_columns; i++) {
        const struct column *c = &p->columns[i];

        columns[i] = (struct table_column){
            .name = c->name,
            .type = column_type_name(c->type),
            .field = {typed_form(c->type), typed_element(c->type)},
            .required = c->required,
        };
    }
    if (!table_prepare(pg, &want, out, err))
        return false;
    for (size_t i = 0; out->there && i < p->n_columns; i++)
        DEMAND(typed_fits(p->columns[i].type, out->fields[i].form));
    return t->look_only || !out->there || tell_molecules(pg, p, out, err);
}
