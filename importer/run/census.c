/* census.c - see census.h. */
#include "importer/run/census.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define ROOM_FIRST ((size_t)1 << 12)
#define ROOM_MAX   ((size_t)8 << 20) /* slots; three of four get used */

bool census_open(struct census *c, const struct profile *profile,
                 struct arena *run, struct err *err)
{
    *c = (struct census){
        .profile = profile,
        .run = run,
        .places = arena_new(run, CENSUS_PLACES, struct finding),
        .found = arena_new(run, profile->n_expected + 1, uint64_t),
        .digests = arena_new(run, ROOM_FIRST, uint64_t),
        .room = ROOM_FIRST,
    };
    return (c->places && c->found && c->digests) ||
           err_set(err, ERR_MEMORY, "no room to count what is in the files");
}

/* --- texts ---------------------------------------------------------------*/

/* The slot of a digest, or the free one where it belongs. */
static uint64_t *slot_of(uint64_t *slots, size_t room, uint64_t digest)
{
    size_t i = (size_t)(digest * UINT64_C(0x9E3779B97F4A7C15)) & (room - 1);

    while (slots[i] && slots[i] != digest)
        i = (i + 1) & (room - 1);
    return &slots[i];
}

/* Twice the room.  False: it is as large as it gets. */
static bool grow(struct census *c)
{
    size_t room = 2 * c->room;
    uint64_t *slots;

    if (room > ROOM_MAX)
        return false;
    slots = arena_new(c->run, room, uint64_t);
    if (!slots)
        return false;
    for (size_t i = 0; i < c->room; i++) {
        if (c->digests[i])
            *slot_of(slots, room, c->digests[i]) = c->digests[i];
    }
    c->digests = slots;
    c->room = room;
    return true;
}

static void see(struct census *c, uint64_t digest)
{
    uint64_t *slot;

    digest += !digest; /* 0 means free */
    slot = slot_of(c->digests, c->room, digest);
    if (*slot) {
        c->repeated++;
        return;
    }
    if (4 * (c->n_digests + 1) > 3 * c->room) {
        if (!grow(c)) {
            c->forgetful = true;
            return;
        }
        slot = slot_of(c->digests, c->room, digest);
    }
    *slot = digest;
    c->n_digests++;
}

/* --- expected values -----------------------------------------------------*/

/* Does the value read like that, as the server would write it?  Types whose
 * text depends on settings are not compared. */
static bool reads(enum column_type type, const struct value *v,
                  struct slice text)
{
    char digits[24];
    int n;

    if (v->null)
        return false;
    switch (type) {
    case COLUMN_TEXT:
    case COLUMN_NUMERIC: return slice_eq(v->as.text, text);
    case COLUMN_BOOL:
        return slice_eq(text, v->as.flag ? SLICE("true") : SLICE("false"));
    case COLUMN_INT4:
    case COLUMN_INT8:
        n = snprintf(digits, sizeof(digits), "%" PRId64, v->as.integer);
        return slice_eq(text, slice_of(digits, (size_t)n));
    default: return false;
    }
}

static bool countable(enum column_type type)
{
    return type == COLUMN_TEXT || type == COLUMN_NUMERIC ||
           type == COLUMN_BOOL || type == COLUMN_INT4 || type == COLUMN_INT8;
}

void census_row(struct census *c, const struct record *record)
{
    const struct profile *p = c->profile;

    for (size_t i = 0; i < record->n_digests; i++)
        see(c, (uint64_t)record->digests[i]);
    for (size_t i = 0; i < p->n_expected; i++) {
        const struct expected *e = &p->expected[i];
        const struct value *v = record->values + e->column;

        for (size_t row = 0; row < record->n_rows; row++, v += p->n_columns)
            c->found[i] += reads(p->columns[e->column].type, v, e->value);
    }
}

/* --- places --------------------------------------------------------------*/

static bool same(const struct finding *a, const struct finding *b)
{
    return !strcmp(a->what, b->what) && !strcmp(a->where, b->where);
}

void census_reject(struct census *c, const struct verdict *why)
{
    struct finding f = {.kind = FINDING_PATH};
    char path[sizeof(f.where)];
    struct hash hash;
    size_t at = 0, len;

    if (!finding_about(why->fault))
        return;
    len = finding_path(why->where, path, sizeof(path));
    finding_set(&f, fault_key(why->fault), slice_of(path, len));
    hash = hash_of(slice_of(f.where, strlen(f.where)));
    memcpy(&at, hash.bytes, sizeof(at));
    at = (at ^ (size_t)why->fault) % CENSUS_PLACES;
    while (c->places[at].n && !same(&c->places[at], &f))
        at = (at + 1) % CENSUS_PLACES;
    if (!c->places[at].n) {
        if (c->n_places >= CENSUS_PLACES / 4 * 3)
            return;
        c->places[at] = f;
        c->n_places++;
    }
    c->places[at].n++;
}

/* --- the end -------------------------------------------------------------*/

/* Does a come before b: more often, or as often and first by name? */
static bool before(const struct finding *a, const struct finding *b)
{
    int order;

    if (a->n != b->n)
        return a->n > b->n;
    order = strcmp(a->what, b->what);
    return order ? order < 0 : strcmp(a->where, b->where) < 0;
}

/* The commonest, by insertion into a short list. */
static size_t commonest(const struct census *c, struct finding *out)
{
    size_t n = 0;

    for (size_t i = 0; i < CENSUS_PLACES; i++) {
        const struct finding *f = &c->places[i];
        size_t at = n;

        if (!f->n)
            continue;
        while (at && before(f, &out[at - 1]))
            at--;
        if (at == FINDING_PATHS_MAX)
            continue;
        n += n < FINDING_PATHS_MAX;
        memmove(&out[at + 1], &out[at], (n - 1 - at) * sizeof(*out));
        out[at] = *f;
    }
    return n;
}

bool census_end(const struct census *c, struct summary *out)
{
    const struct profile *p = c->profile;
    struct finding *list = arena_new(
        c->run, FINDING_PATHS_MAX + p->n_expected + 1, struct finding);
    size_t n;

    if (!list)
        return false;
    n = commonest(c, list);
    for (size_t i = 0; i < p->n_expected; i++) {
        const struct column *column = &p->columns[p->expected[i].column];

        if (!countable(column->type))
            continue;
        list[n] = (struct finding){FINDING_EXPECTED, c->found[i],
                                   p->expected[i].count, "", ""};
        finding_set(&list[n++], column->name, p->expected[i].value);
    }
    out->findings = list;
    out->n_findings = n;
    out->duplicates = (struct keys_repeated){!c->forgetful, c->repeated};
    return true;
}
