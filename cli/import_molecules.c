/* import_molecules.c - see import_molecules.h. */
#include "cli/import_molecules.h"

#include "importer/sys/log.h"
#include "validate/json/write.h"

#include <string.h>

#define JSON_ROOM ((size_t)2 << 10)

bool import_molecules_due(const struct import_setup *set,
                          const struct summary *load)
{
    const struct profile *p = set->profile;

    if (set->dry_run || set->nowhere ||
        (load->exit != EXIT_DONE && load->exit != EXIT_REJECTS &&
         load->exit != EXIT_LIMIT))
        return false;
    for (size_t i = 0; i < p->n_columns; i++) {
        if (p->columns[i].class == FIELD_SMILES ||
            p->columns[i].class == FIELD_REACTION_SMILES)
            return true;
    }
    return false;
}

bool import_molecules(const struct import_setup *set,
                      struct molecules_summary *out)
{
    static char chem[FILE_PATH_MAX];
    struct molecules_setup todo = {
        .conninfo = set->conninfo,
        .chem = chem_find(chem) ? chem : NULL,
        .workers = set->workers < MOLECULES_WORKERS_MAX ? set->workers
                                                        : MOLECULES_WORKERS_MAX,
        .limit = UINT64_MAX,
        .memory = CHEM_MEMORY_DEFAULT,
        .timeout = MOLECULES_TIMEOUT,
        .progress = set->progress,
    };
    struct err err;

    if (!molecules_run(&todo, out, &err)) {
        log_say(LOG_LEVEL_WARN, "molecules.failed",
                "the load is done, its molecules are not: %s; decant molecules "
                "does what is missing",
                err.text);
        return false;
    }
    if (!todo.chem && out->distinct)
        log_say(LOG_LEVEL_WARN, "molecules.no_engine",
                "no decant-chem beside this program nor at $DECANT_CHEM: no "
                "canonical SMILES and no InChIKey; decant molecules fills "
                "them in later");
    if (out->stopped)
        log_say(LOG_LEVEL_WARN, "molecules.stopped",
                "the load is done, its molecules are not: stopped; decant "
                "molecules does the rest");
    return !out->stopped;
}

void import_molecules_text(const struct molecules_summary *m, struct sheet *out)
{
    char n[SHEET_NUMBER];
    uint64_t without = m->distinct - m->states[MOLECULE_DONE];

    if (!m->distinct)
        return;
    sheet_put(out, "%s new molecule%s in decant.molecule",
              sheet_count(m->distinct, n), m->distinct == 1 ? "" : "s");
    if (*m->version)
        sheet_put(out, ", %s answered by Open Babel %s",
                  sheet_count(m->states[MOLECULE_DONE], n), m->version);
    if (*m->version && without)
        sheet_put(out, " and %s not: see their state", sheet_count(without, n));
    sheet_put(out, ", %s\n", sheet_clock(m->seconds, n));
    if (m->disagree)
        sheet_put(out,
                  "%s on which decant and Open Babel do not agree: "
                  "decant.molecule_disagreement\n",
                  sheet_count(m->disagree, n));
    if (!m->balanced)
        sheet_put(out, "Not every molecule has its row: run decant "
                       "molecules\n");
}

struct slice import_molecules_json(const struct molecules_summary *m,
                                   struct arena *arena)
{
    char *bytes = arena_bytes(arena, JSON_ROOM);
    struct json_out out;

    if (!bytes)
        return slice_of(NULL, 0);
    json_out_init(&out, bytes, JSON_ROOM);
    json_put_open(&out, '{');
    json_put_key(&out, SLICE("distinct"));
    json_put_uint(&out, m->distinct);
    for (size_t i = 0; i < MOLECULE_STATES; i++) {
        json_put_key(&out, molecule_state_key((enum molecule_state)i));
        json_put_uint(&out, m->states[i]);
    }
    json_put_key(&out, SLICE("disagree"));
    json_put_uint(&out, m->disagree);
    json_put_key(&out, SLICE("balanced"));
    json_put_bool(&out, m->balanced);
    json_put_key(&out, SLICE("seconds"));
    json_put_double(&out, m->seconds);
    json_put_key(&out, SLICE("openbabel"));
    if (*m->version)
        json_put_string(&out, slice_of(m->version, strlen(m->version)));
    else
        json_put_null(&out);
    json_put_close(&out, '}');
    return out.full ? slice_of(NULL, 0) : json_out_slice(&out);
}
