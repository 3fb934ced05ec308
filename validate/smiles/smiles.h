/*
 * smiles.h - is this SMILES sound, where is it not, and what is it made of.
 *
 *     text -> [smiles_judge] -> verdict: ok, or a code with its place
 *
 * The grammar is OpenSMILES as RDKit reads it; the chemistry is RDKit's
 * sanitization (implicit hydrogens, valences per element and charge, an
 * aromatic system must have a Kekule form), verdict for verdict with the
 * release SMILES_RDKIT names.  Pure: no files, no state, no heap, no
 * recursion; time is linear in the text, memory at most SMILES_ARENA bytes
 * of arena per byte of text, given back on return.
 *
 * Canonical forms and InChI need another engine (validate/chem); they are
 * only asked about what passes here.
 */
#ifndef DECANT_SMILES_SMILES_H
#define DECANT_SMILES_SMILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "validate/base/arena.h"
#include "validate/base/attrs.h"
#include "validate/base/slice.h"

#define SMILES_RDKIT     "2026.09.1"       /* whose verdicts these are */
#define SMILES_MAX_BYTES ((size_t)1 << 20) /* when options say 0 */
#define SMILES_MAX_EVER  ((size_t)1 << 30) /* options cannot go past it */
#define SMILES_ARENA     64                /* bytes of arena per byte of text */
#define SMILES_ARENA_MIN ((size_t)16 << 10) /* and this much on top */

/* What counts as sound; the default is zero. */
enum smiles_level {
    SMILES_LEVEL_STRICT, /* rdkit without its laxness about stray bytes */
    SMILES_LEVEL_RDKIT,  /* exactly what RDKit sanitizes without error */
    SMILES_LEVEL_SYNTAX, /* the grammar of strict, no chemistry */
    SMILES_LEVEL_COUNT
};

enum smiles_code {
    SMILES_OK,
#define SMILES_CODE(name, key, words) SMILES_##name,
#include "validate/smiles/smiles_code.def"
#undef SMILES_CODE
    SMILES_CODE_COUNT
};

enum smiles_warning {
#define SMILES_WARNING(name, key, words) SMILES_WARN_##name,
#include "validate/smiles/smiles_warning.def"
#undef SMILES_WARNING
    SMILES_WARNING_COUNT
};

/* All zero: one molecule, strict, no properties. */
struct smiles_options {
    enum smiles_level level;
    bool reaction;    /* reactants>agents>products, each a molecule or empty */
    bool maps;        /* every atom map of the products is in the reactants */
    bool properties;  /* fill them in; not at level syntax */
    size_t max_bytes; /* 0: SMILES_MAX_BYTES */
};

/* Of an accepted string that is no reaction, all fragments together. */
struct smiles_properties {
    struct slice formula; /* Hill order, D and T apart, charge last; in the
                             arena */
    double mass;          /* average, g/mol; isotopes as labelled */
    double exact_mass;    /* most frequent isotopes, or as labelled */
    uint32_t atoms;       /* written ones, [H] among them */
    uint32_t heavy_atoms; /* neither hydrogen nor * */
    uint32_t fragments;
    uint32_t rings; /* bonds - atoms + fragments */
    int32_t charge;
};

struct smiles_verdict {
    enum smiles_code code;
    size_t at;          /* byte offset of the offending piece in the text */
    size_t len;         /* its bytes; 0: something is missing there */
    struct slice words; /* for people; a constant, or in the arena */
    uint32_t warnings;  /* bit per enum smiles_warning; also when code is
                           not SMILES_OK, as far as the reading came */
    enum smiles_warning warned; /* the first one found, when there is any */
    size_t warned_at, warned_len;
    struct smiles_properties properties;
};

/*
 * Judge text; true exactly when out->code is SMILES_OK.  Everything in *out
 * is set.  The arena keeps words and formula only (less than 2 KiB); when
 * it is too small the code is SMILES_MEMORY.
 */
bool smiles_judge(struct slice text, const struct smiles_options *options,
                  struct arena *arena, struct smiles_verdict *out);

struct slice smiles_code_key(enum smiles_code code); /* "ring_open"; "ok" */
struct slice smiles_code_words(enum smiles_code code);
struct slice smiles_warning_key(enum smiles_warning warning);
struct slice smiles_warning_words(enum smiles_warning warning);

struct slice smiles_level_key(enum smiles_level level);
MUST_CHECK bool smiles_level_find(struct slice key, enum smiles_level *out);

/* What a terminal shows of a text, and where the caret stands below it. */
struct smiles_window {
    struct slice text;          /* lent from the text */
    bool cut_before, cut_after; /* the text goes on there */
    size_t caret;               /* characters in front of the caret */
    size_t carets;              /* how many of them, at least 1 */
};

/* At most `width` bytes around the `len` bytes at `at`, whole characters. */
struct smiles_window smiles_window_at(struct slice text, size_t at, size_t len,
                                      size_t width);

/* What light cleaning takes away; it never touches an atom or a bond. */
enum smiles_trim {
    SMILES_TRIM_SPACE,  /* white space around it */
    SMILES_TRIM_QUOTES, /* one pair of quotes or backticks around it */
    SMILES_TRIM_PREFIX, /* "SMILES:" */
    SMILES_TRIM_END,    /* a full stop or comma at its end */
    SMILES_TRIM_ESCAPE, /* one of two backslashes */
    SMILES_TRIM_COUNT
};

struct smiles_edit {
    enum smiles_trim what;
    size_t at, len; /* bytes of the text as it came that are left out */
};

/* Borrows the text, or lies in the arena when backslashes were dropped. */
struct smiles_cleaned {
    struct slice text;
    struct smiles_edit *edits; /* in the order of the text, in the arena */
    size_t n_edits;
};

struct slice smiles_trim_key(enum smiles_trim what); /* "space" */

/*
 * Leave out what surely is not part of the SMILES.  Pure syntax: the result
 * is not judged.  False when the arena is full; *out is then the text as it
 * came.  A string without atoms cleans to the empty string.
 */
MUST_CHECK
bool smiles_clean(struct slice text, struct arena *arena,
                  struct smiles_cleaned *out);

#endif
