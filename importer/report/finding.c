/* finding.c - see finding.h. */
#include "importer/report/finding.h"

#include <stdio.h>

#include "validate/base/attrs.h"

/* Of text, cut where a character begins. */
static void set(char *out, size_t cap, struct slice text)
{
    size_t len = text.len < cap ? text.len : cap - 1;

    while (len < text.len && len &&
           ((unsigned char)text.ptr[len] & 0xC0) == 0x80)
        len--;
    if (len)
        memcpy(out, text.ptr, len);
    out[len] = '\0';
}

void finding_set(struct finding *f, struct slice what, struct slice where)
{
    set(f->what, sizeof(f->what), what);
    set(f->where, sizeof(f->where), where);
}

/* As sql/reject_paths.sql has it. */
bool finding_about(enum fault fault)
{
    static const struct slice families[] = {
        SLICE_INIT("schema."), SLICE_INIT("column."),    SLICE_INIT("qa."),
        SLICE_INIT("qti."),    SLICE_INIT("embedding."), SLICE_INIT("smiles."),
    };
    struct slice key = fault_key(fault);

    for (size_t i = 0; i < countof(families); i++) {
        if (slice_eq(slice_take(key, families[i].len), families[i]))
            return true;
    }
    return false;
}

static bool digits(struct slice step)
{
    for (size_t i = 0; i < step.len; i++) {
        if (step.ptr[i] < '0' || step.ptr[i] > '9')
            return false;
    }
    return step.len > 0;
}

size_t finding_path(struct slice pointer, char *out, size_t cap)
{
    size_t len = 0;

    while (pointer.len && len < cap) {
        struct slice rest = slice_drop(pointer, 1), step;

        out[len++] = pointer.ptr[0];
        step = slice_take(rest, slice_find(rest, '/'));
        pointer = slice_drop(rest, step.len);
        if (digits(step))
            step = SLICE("*");
        step = slice_take(step, cap - len);
        if (step.len)
            memcpy(out + len, step.ptr, step.len);
        len += step.len;
    }
    return len;
}
