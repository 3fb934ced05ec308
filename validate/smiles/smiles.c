/* smiles.c - see smiles.h; the steps of a verdict in their order. */
#include "validate/smiles/graph.h"

bool judge_fail(struct judge *j, enum smiles_code code, size_t at, size_t len)
{
    j->out->code = code;
    j->out->at = at;
    j->out->len = len;
    return false;
}

void judge_warn(struct judge *j, enum smiles_warning warning, size_t at,
                size_t len)
{
    if (!j->out->warnings) {
        j->out->warned = warning;
        j->out->warned_at = at;
        j->out->warned_len = len;
    }
    j->out->warnings |= (uint32_t)1 << warning;
}

size_t atom_len(const struct graph *g, uint32_t i)
{
    const struct atom *a = &g->atoms[i];
    const char *end;

    if (a->kind == KIND_BRACKET) {
        /* it was read to its end, so the ] is there */
        end = strchr(g->text + a->at, ']');
        return (size_t)(end - g->text) + 1 - a->at;
    }
    return a->kind == KIND_CL || a->kind == KIND_BR ? 2 : 1;
}

bool smiles_judge(struct slice text, const struct smiles_options *options,
                  struct arena *arena, struct smiles_verdict *out)
{
    struct judge j = {.arena = arena, .out = out, .level = options->level};
    size_t mark = arena_mark(arena), from = 0, to = text.len;
    bool ok;

    *out = (struct smiles_verdict){.code = SMILES_OK};
    j.graph.text = text.ptr;
    if (options->level == SMILES_LEVEL_RDKIT && text.len) {
        for (size_t k = 0; k < to; k++) {
            if (text.ptr[k] == ' ' || text.ptr[k] == '\t') {
                if (k)
                    to = k;
                break;
            }
        }
        while (from < to && (signed char)text.ptr[from] <= 32)
            from++;
        while (from < to && (signed char)text.ptr[to - 1] <= 32)
            to--;
        for (size_t k = from; k < to; k++)
            if (text.ptr[k] == '\n') {
                to = k;
                break;
            }
    }
    ok = (options->level == SMILES_LEVEL_RDKIT && !text.len) ||
         (graph_read(&j, from, to) &&
          (!(j.graph.seen & SEEN_TWINS) || ring_twins(&j)) &&
          (!(j.graph.seen & SEEN_ODD_RING) || ring_mark_all(&j)) &&
          (options->level == SMILES_LEVEL_SYNTAX ||
           (valence_judge(&j) && kekule_judge(&j))));
    arena_rewind(arena, mark);
    out->words = smiles_code_words(out->code);
    return ok;
}
