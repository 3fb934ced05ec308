/*
 * smiles.c - see smiles.h; the steps of a verdict in their order.
 *
 * text -> [trimmed, at level rdkit] -> read.c: graph -> closure.c, ring.c:
 * rings -> valence.c: hydrogens -> kekule.c: double bonds -> stereo.c:
 * warnings -> mass.c: properties.  Each step stops at its first fault.  The
 * graph lies in the arena and is given back before the words are copied.
 */
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

bool molecule_judge(struct judge *j, size_t from, size_t to)
{
    const struct graph *g = &j->graph;
    size_t mark = arena_mark(j->arena);
    bool ok = graph_read(j, from, to);

    /* in a reaction its numbers would count across the fields */
    if (ok && j->cx && !j->options->reaction)
        ok = cxsmiles_judge(j);
    if (ok && (g->seen & SEEN_TWINS))
        ok = ring_twins(j);
    if (ok && (g->seen & SEEN_ODD_RING))
        ok = ring_mark_all(j);
    if (ok && j->level != SMILES_LEVEL_SYNTAX) {
        ok = valence_judge(j) && kekule_judge(j);
        if (ok && (g->seen & SEEN_CHIRALITY))
            chirality_judge(j);
        if (ok && j->options->properties && !j->options->reaction)
            mass_sum(j);
    }
    if (ok && (g->seen & SEEN_DIRECTION))
        direction_judge(j);
    arena_rewind(j->arena, mark);
    j->radicals = NULL;
    return ok;
}

/*
 * What RDKit leaves out of a text before it reads it: everything from the
 * first blank on (an extension or a name), then at both ends bytes up to the
 * blank and, since its characters are signed, those above ASCII, and what
 * follows a line feed.
 */
static void trim_like_rdkit(struct judge *j, struct slice text, size_t *from,
                            size_t *to)
{
    size_t at = 0, end;

    while (at < text.len && text.ptr[at] != ' ' && text.ptr[at] != '\t')
        at++;
    if (at && at < text.len) {
        *to = at;
        while (at < text.len && (text.ptr[at] == ' ' ||
                                 (text.ptr[at] >= 9 && text.ptr[at] <= 13)))
            at++;
        if (at < text.len && text.ptr[at] == '|') {
            j->cx = at;
            j->cx_end = text.len;
        } else if (at < text.len) {
            judge_warn(j, SMILES_WARN_TRAILING, at, text.len - at);
        }
    }
    end = *to;
    while (*from < *to && (signed char)text.ptr[*from] <= ' ')
        ++*from;
    while (*from < *to && (signed char)text.ptr[*to - 1] <= ' ')
        --*to;
    at = *from + slice_find(slice_of(text.ptr + *from, *to - *from), '\n');
    if (at < *to)
        *to = at;
    if (*from || *to < end)
        judge_warn(j, SMILES_WARN_TRIMMED, *from ? 0 : *to,
                   *from ? *from : end - *to);
}

static bool judge_text(struct judge *j, struct slice text)
{
    size_t most = j->options->max_bytes, from = 0, to = text.len;
    bool ok;

    most = !most                    ? SMILES_MAX_BYTES
           : most > SMILES_MAX_EVER ? SMILES_MAX_EVER
                                    : most;
    if (text.len > most)
        return judge_fail(j, SMILES_TOO_LONG, most, text.len - most);
    if (j->level == SMILES_LEVEL_RDKIT && !text.len)
        return true; /* a molecule without atoms */
    if (j->level == SMILES_LEVEL_RDKIT)
        trim_like_rdkit(j, text, &from, &to);
    ok = j->options->reaction ? reaction_judge(j, from, to)
                              : molecule_judge(j, from, to);
    if (!ok)
        tell(j, from, to);
    return ok;
}

bool smiles_judge(struct slice text, const struct smiles_options *options,
                  struct arena *arena, struct smiles_verdict *out)
{
    struct judge j;
    size_t mark = arena_mark(arena);
    bool ok;

    *out = (struct smiles_verdict){.code = SMILES_OK};
    j.graph.text = text.ptr;
    j.arena = arena;
    j.out = out;
    j.options = options;
    j.level = options->level;
    j.radicals = NULL;
    j.cx = j.cx_end = 0;
    j.detail[0] = '\0';
    j.formula.len = 0;
    ok = judge_text(&j, text);
    arena_rewind(arena, mark);
    out->words = smiles_code_words(out->code);
    if (!ok && j.detail[0]) {
        struct slice words =
            arena_copy(arena, slice_of(j.detail, strlen(j.detail)));

        if (words.ptr)
            out->words = words;
    }
    if (ok && j.formula.len)
        out->properties.formula =
            arena_copy(arena, slice_of(j.formula.text, j.formula.len));
    if (ok && j.formula.len && !out->properties.formula.ptr)
        return judge_fail(&j, SMILES_MEMORY, 0, 0);
    return ok;
}
