/* tally.c - see tally.h. */
#include "importer/report/tally.h"

#include "validate/base/attrs.h"

_Static_assert(PROVIDER_COUNT <= 32, "one bit each in tally.providers");
_Static_assert(NOTE_COUNT <= 32, "one bit each in a record's notes");

void tally_blank(struct tally *t)
{
    t->lines++;
    t->blanks++;
}

void tally_row(struct tally *t, enum provider provider,
               struct tally_facts facts)
{
    uint64_t mask = facts.mask;
    uint32_t notes = facts.notes;

    t->lines++;
    t->rows++;
    t->typed_rows += facts.typed_rows;
    t->repaired += mask != 0;
    for (; mask; mask &= mask - 1)
        t->repairs[__builtin_ctzll(mask)]++;
    for (; notes; notes &= notes - 1)
        t->notes[__builtin_ctz(notes)]++;
    t->providers |= UINT32_C(1) << provider;
}

void tally_reject(struct tally *t, enum provider provider, enum fault fault)
{
    DEMAND(fault > FAULT_NONE && fault < FAULT_COUNT);
    t->lines++;
    t->rejects++;
    t->faults[fault]++;
    t->providers |= UINT32_C(1) << provider;
}

void tally_demote(struct tally *t, struct tally_facts facts, enum fault fault)
{
    uint64_t mask = facts.mask;
    uint32_t notes = facts.notes;

    DEMAND(t->rows > 0 && (!mask || t->repaired > 0) &&
           facts.typed_rows <= t->typed_rows);
    t->rows--;
    t->typed_rows -= facts.typed_rows;
    t->repaired -= mask != 0;
    for (; mask; mask &= mask - 1)
        t->repairs[__builtin_ctzll(mask)]--;
    for (; notes; notes &= notes - 1)
        t->notes[__builtin_ctz(notes)]--;
    t->rejects++;
    t->faults[fault]++;
}

bool tally_balanced(const struct tally *t)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < FAULT_COUNT; i++)
        sum += t->faults[i];
    return t->lines == t->rows + t->rejects + t->blanks && sum == t->rejects &&
           t->repaired <= t->rows;
}

void tally_merge(struct tally *t, const struct tally *part)
{
    t->bytes += part->bytes;
    t->lines += part->lines;
    t->rows += part->rows;
    t->rejects += part->rejects;
    t->blanks += part->blanks;
    t->typed_rows += part->typed_rows;
    for (size_t i = 0; i < NOTE_COUNT; i++)
        t->notes[i] += part->notes[i];
    t->repaired += part->repaired;
    for (size_t i = 0; i < REPAIR_RULE_COUNT; i++)
        t->repairs[i] += part->repairs[i];
    for (size_t i = 0; i < FAULT_COUNT; i++)
        t->faults[i] += part->faults[i];
    t->providers |= part->providers;
    DEMAND(tally_balanced(part) && tally_balanced(t));
}

void tally_remove(struct tally *t, const struct tally *part)
{
    DEMAND(part->lines <= t->lines && part->bytes <= t->bytes);
    t->bytes -= part->bytes;
    t->lines -= part->lines;
    t->rows -= part->rows;
    t->rejects -= part->rejects;
    t->blanks -= part->blanks;
    t->typed_rows -= part->typed_rows;
    for (size_t i = 0; i < NOTE_COUNT; i++)
        t->notes[i] -= part->notes[i];
    t->repaired -= part->repaired;
    for (size_t i = 0; i < REPAIR_RULE_COUNT; i++)
        t->repairs[i] -= part->repairs[i];
    for (size_t i = 0; i < FAULT_COUNT; i++)
        t->faults[i] -= part->faults[i];
    DEMAND(tally_balanced(part) && tally_balanced(t));
}

struct slice tally_provider(const struct tally *t)
{
    /* A damaged line has no provider; it does not make a file mixed. */
    uint32_t seen = t->providers & ~(UINT32_C(1) << PROVIDER_UNKNOWN);

    if (!seen)
        return provider_key(PROVIDER_UNKNOWN);
    if (seen & (seen - 1))
        return SLICE("mixed");
    return provider_key((enum provider)__builtin_ctz(seen));
}
