/*
 * test_smiles.c - a verdict per kind of mistake, with its place.
 *
 * Every row is a text and what is said of it; at the end every code and
 * every warning must have been met at least once.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "validate/smiles/smiles.h"

static struct arena arena;
static unsigned met_code[SMILES_CODE_COUNT], met_warning[SMILES_WARNING_COUNT];

static int open_arena(void **state)
{
    struct err err;

    (void)state;
    return arena_open(&arena, (size_t)16 << 20, &err) ? 0 : -1;
}

static int close_arena(void **state)
{
    (void)state;
    arena_close(&arena);
    return 0;
}

static struct slice text_of(const char *s)
{
    return slice_of(s, strlen(s));
}

static struct smiles_verdict judge(struct slice text,
                                   const struct smiles_options *options)
{
    struct smiles_verdict v;
    size_t used = arena.used;
    bool ok = smiles_judge(text, options, &arena, &v);

    assert_int_equal(ok, v.code == SMILES_OK);
    assert_true(v.at <= text.len && v.len <= text.len - v.at);
    assert_true(v.words.len > 0);
    assert_true(arena.used - used < 2048 + 128);
    met_code[v.code]++;
    if (v.warnings)
        met_warning[v.warned]++;
    return v;
}

/* --- strict: code and place ----------------------------------------------- */

struct row {
    const char *text;
    enum smiles_code code;
    size_t at, len;
};

static const struct row strict[] = {
    {"C", SMILES_OK, 0, 0},
    {"CC(=O)Oc1ccccc1C(=O)O", SMILES_OK, 0, 0},
    {"C[C@H](N)C(=O)O", SMILES_OK, 0, 0},
    {"[13CH4]", SMILES_OK, 0, 0},
    {"[NH4+].[Cl-]", SMILES_OK, 0, 0},
    {"C%10CC%10", SMILES_OK, 0, 0},
    {"C%(12345)CC%(12345)", SMILES_OK, 0, 0},
    {"C%(12)CC%12", SMILES_OK, 0, 0},
    {"C0CC0", SMILES_OK, 0, 0},
    {"C1.C1", SMILES_OK, 0, 0},
    {"C(C)1CC1", SMILES_OK, 0, 0},
    {"[C@TH1](F)(Cl)(Br)I", SMILES_OK, 0, 0},
    {"[Co@OH30](F)(F)(F)(F)(F)F", SMILES_OK, 0, 0},
    {"*", SMILES_OK, 0, 0},
    {"[U]", SMILES_OK, 0, 0},
    {"c1cc[se]c1", SMILES_OK, 0, 0},
    {"C$C", SMILES_OK, 0, 0},
    {"C[N+](C)(C)C", SMILES_OK, 0, 0},
    {"CN(=O)=O", SMILES_OK, 0, 0},
    {"CN=N#N", SMILES_OK, 0, 0},
    {"OCl(=O)(=O)=O", SMILES_OK, 0, 0},
    {"c1ccc2ccccc2c1", SMILES_OK, 0, 0},
    {"c1ccn2cncc2c1", SMILES_OK, 0, 0},
    {"c1cc[nH]c1", SMILES_OK, 0, 0},
    {"O=S(=O)(O)O", SMILES_OK, 0, 0},
    {"CN(C)(C)[Fe]", SMILES_OK, 0, 0},
    {"C=P(=O)C", SMILES_OK, 0, 0},
    {"C1CC~CC1", SMILES_OK, 0, 0},
    {"c1ccc(*1)C", SMILES_OK, 0, 0},
    {"c12[nH]cccc1cc1ccccc21", SMILES_OK, 0, 0}, /* an odd cycle on the way */
    {"[nH]1ncc2c(c1)cnc2", SMILES_OK, 0, 0},
    {"", SMILES_EMPTY, 0, 0},
    {" ", SMILES_WHITESPACE, 0, 1},
    {"CCO ", SMILES_WHITESPACE, 3, 1},
    {" CCO", SMILES_WHITESPACE, 0, 1},
    {"CCO\n", SMILES_WHITESPACE, 3, 1},
    {"C1 CC1", SMILES_WHITESPACE, 2, 1},
    {"CCO is ethanol", SMILES_TRAILING, 4, 10},
    {"I am unable", SMILES_TRAILING, 2, 9},
    {"CCO |$;;x$|", SMILES_CXSMILES, 4, 7},
    {"CC\nCC", SMILES_NEWLINE, 2, 1},
    {"CCXCC", SMILES_CHAR, 2, 1},
    {"CCO\xE3\x80\x82", SMILES_CHAR, 3, 1},
    {"C\x01", SMILES_CHAR, 1, 1},
    {"[C,N]c1ccccc1", SMILES_SMARTS, 0, 13},
    {"[#6]-[!#1]", SMILES_SMARTS, 0, 10},
    {"C[X4]", SMILES_SMARTS, 0, 5},
    {"C@C", SMILES_SMARTS, 0, 3},
    {"InChI=1S/CH4/h1H4", SMILES_INCHI, 0, 17},
    {"VNWKTOKETHGBQD-UHFFFAOYSA-N", SMILES_INCHIKEY, 0, 27},
    {"aspirin", SMILES_NAME, 0, 7},
    {"acetic acid", SMILES_NAME, 0, 11},
    {"2-chlorobutane", SMILES_NAME, 0, 14},
    {"Sorry, I cannot", SMILES_NAME, 0, 15},
    {"C6H12O6", SMILES_FORMULA, 0, 7},
    {"NaCl", SMILES_FORMULA, 0, 4},
    {"CO2", SMILES_FORMULA, 0, 3},
    {"CH3COOH", SMILES_FORMULA, 0, 7},
    {"CC>>CO", SMILES_REACTION, 0, 6},
    {"CC>O", SMILES_CHAR, 2, 1},
    {"C(C", SMILES_PAREN_OPEN, 1, 1},
    {"C(C(C)C", SMILES_PAREN_OPEN, 1, 1},
    {"C(", SMILES_PAREN_OPEN, 1, 1},
    {"CC)C", SMILES_PAREN_CLOSE, 2, 1},
    {")", SMILES_PAREN_CLOSE, 0, 1},
    {"C()C", SMILES_BRANCH, 2, 1},
    {"(C)C", SMILES_BRANCH, 0, 1},
    {"C((C))C", SMILES_BRANCH, 2, 1},
    {"C(.C)C", SMILES_DOT_BRANCH, 2, 1},
    {"C=", SMILES_BOND, 1, 1},
    {"C==C", SMILES_BOND, 1, 1},
    {"C(=)C", SMILES_BOND, 2, 1},
    {"C-(C)", SMILES_BOND, 1, 1},
    {"=C", SMILES_BOND, 0, 1},
    {"C.", SMILES_DOT, 1, 1},
    {".C", SMILES_DOT, 0, 1},
    {"C..C", SMILES_DOT, 2, 1},
    {"[]", SMILES_ELEMENT, 1, 1},
    {"[CH3C]", SMILES_BRACKET, 4, 1},
    {"[C:]", SMILES_BRACKET, 3, 1},
    {"[C", SMILES_BRACKET_OPEN, 0, 1},
    {"CC[CH", SMILES_BRACKET_OPEN, 2, 1},
    {"C]", SMILES_BRACKET_CLOSE, 1, 1},
    {"[Xx]", SMILES_ELEMENT, 1, 2},
    {"[#119]", SMILES_ELEMENT, 1, 4},
    {"[C@@@]", SMILES_CHIRALITY, 4, 1},
    {"[C@TH3]", SMILES_CHIRALITY, 2, 4},
    {"[H@]", SMILES_CHIRALITY, 2, 1},
    {"[C@SP0]", SMILES_CHIRALITY, 2, 4},
    {"[Fe+++]", SMILES_CHARGE, 3, 3},
    {"[CH4:001]", SMILES_ZERO, 5, 2},
    {"C%01CC%01", SMILES_ZERO, 1, 3},
    {"[2147483640CH4]", SMILES_NUMBER, 1, 10},
    {"[2147483639CH4]", SMILES_OK, 0, 0},
    {"[2147483639CH4:2147483639]", SMILES_OK, 0, 0},
    {"[CH256]", SMILES_NUMBER, 2, 4},
    {"C1CC", SMILES_RING_OPEN, 1, 1},
    {"C1CC%(12345)C1", SMILES_RING_OPEN, 4, 8},
    {"C%(12", SMILES_RING_NUMBER, 1, 4},
    {"C%", SMILES_RING_NUMBER, 1, 1},
    {"1CC1", SMILES_RING_PLACE, 0, 1},
    {"C(1)CC1", SMILES_RING_PLACE, 2, 1},
    {"C11", SMILES_RING_SELF, 2, 1},
    {"C1C1", SMILES_RING_DOUBLE, 3, 1},
    {"C12CC12", SMILES_RING_DOUBLE, 6, 1},
    {"C(C)(C)(C)(C)C", SMILES_VALENCE, 0, 1},
    {"CN(C)(C)C", SMILES_VALENCE, 1, 1},
    {"F=C", SMILES_VALENCE, 0, 1},
    {"C[CH5]", SMILES_VALENCE, 1, 5},
    {"[C-112]", SMILES_OK, 0, 0},
    {"C.[C-113]", SMILES_VALENCE, 2, 7},
    {"[FeH127]", SMILES_OK, 0, 0},
    {"C[FeH127]", SMILES_VALENCE, 1, 8},
    {"[C+7]", SMILES_OK, 0, 0},
    {"[Fe-113]", SMILES_OK, 0, 0},
    {"C[Pb-120]", SMILES_OK, 0, 0},
    {"[*-120]", SMILES_VALENCE, 0, 7},
    {"Cn1sc(Cl)cc=1O", SMILES_VALENCE, 1, 1},
    {"c1cccc1", SMILES_KEKULIZE, 0, 1},
    {"c1cccn1C2CC2c1cccc1", SMILES_KEKULIZE, 12, 1},
    {"CN1CCN(C)p12np(N)(N)np(N)(N)n2", SMILES_KEKULIZE, 9, 1},
    {"cc", SMILES_AROMATIC, 0, 1},
    {"C1CC1c", SMILES_AROMATIC, 5, 1},
    {"C%(12)C%(13)C%(12)C%(13)", SMILES_OK, 0, 0},
};

static void test_strict(void **state)
{
    const struct smiles_options options = {0};

    (void)state;
    for (size_t i = 0; i < countof(strict); i++) {
        const struct row *r = &strict[i];
        struct smiles_verdict v = judge(text_of(r->text), &options);

        if (v.code != r->code || v.at != r->at || v.len != r->len)
            fail_msg("%s: %s at %zu, %zu bytes; not %s at %zu, %zu", r->text,
                     smiles_code_key(v.code).ptr, v.at, v.len,
                     smiles_code_key(r->code).ptr, r->at, r->len);
        arena_rewind(&arena, 0);
    }
}

/* --- the other levels ----------------------------------------------------- */

static const struct {
    const char *text;
    enum smiles_level level;
    enum smiles_code code;
} levels[] = {
    {"", SMILES_LEVEL_RDKIT, SMILES_OK},
    {"", SMILES_LEVEL_SYNTAX, SMILES_EMPTY},
    {"  ", SMILES_LEVEL_RDKIT, SMILES_EMPTY},
    {"CCO name", SMILES_LEVEL_RDKIT, SMILES_OK},
    {" CCO", SMILES_LEVEL_RDKIT, SMILES_OK},
    {"CCO\xE3\x80\x82", SMILES_LEVEL_RDKIT, SMILES_OK},
    {"C\xE2\x89\xA1"
     "C",
     SMILES_LEVEL_RDKIT, SMILES_CHAR},
    {"CC\nQ", SMILES_LEVEL_RDKIT, SMILES_OK},
    {"CCO |$;;x$|", SMILES_LEVEL_RDKIT, SMILES_OK},
    {"CCO |$foo", SMILES_LEVEL_RDKIT, SMILES_CXSMILES_BAD},
    {"[C+128]", SMILES_LEVEL_RDKIT, SMILES_VALENCE},
    {"[C-129]", SMILES_LEVEL_RDKIT, SMILES_OK},
    {"CC |w:0.0|", SMILES_LEVEL_RDKIT, SMILES_OK},
    {"CC |w:0.0,0.0|", SMILES_LEVEL_RDKIT, SMILES_CXSMILES_BAD},
    {"CC |a:0,0|", SMILES_LEVEL_RDKIT, SMILES_CXSMILES_BAD},
    {"CC |^1:0,1|", SMILES_LEVEL_RDKIT, SMILES_OK},
    {"C(C)(C)(C)C |^1:0|", SMILES_LEVEL_RDKIT, SMILES_VALENCE},
    {"CN(C)(C)C |C:1.0|", SMILES_LEVEL_RDKIT, SMILES_OK},
    {"c1ccccc1 |^1:0|", SMILES_LEVEL_RDKIT, SMILES_OK},
    {"c1cccc1 |^1:0|", SMILES_LEVEL_RDKIT, SMILES_KEKULIZE},
    {"c1ccccc1 |Z:0|", SMILES_LEVEL_RDKIT, SMILES_CXSMILES_BAD},
    {"[NH3]->[Fe] |w:1.0|", SMILES_LEVEL_RDKIT, SMILES_VALENCE},
    {"CC |o1:0,a:0,&1:1|", SMILES_LEVEL_RDKIT, SMILES_OK},
    {"CC |o1:0,a:0,o1:0|", SMILES_LEVEL_RDKIT, SMILES_CXSMILES_BAD},
    {"CC |o1:0,o1:0|", SMILES_LEVEL_RDKIT, SMILES_CXSMILES_BAD},
    {"CC |SgD:0:a:b::::,SgH:0:1|", SMILES_LEVEL_RDKIT, SMILES_CXSMILES_BAD},
    {"*[Ne+128]", SMILES_LEVEL_RDKIT, SMILES_VALENCE},
    {"[CH256]", SMILES_LEVEL_RDKIT, SMILES_OK},
    {"*CC* |Sg:n:1,2::ht|", SMILES_LEVEL_RDKIT, SMILES_OK},
    {"*CC* |Sg:x:1,2::ht|", SMILES_LEVEL_RDKIT, SMILES_CXSMILES_BAD},
    {"CC |(0,0,;1,0,)|", SMILES_LEVEL_RDKIT, SMILES_OK},
    {"CC |atomProp:0.a.b|", SMILES_LEVEL_RDKIT, SMILES_OK},
    {"CCC |LN:0:1.3|", SMILES_LEVEL_RDKIT, SMILES_CXSMILES_BAD},
    {"CCC |LN:1:1.1.0", SMILES_LEVEL_RDKIT, SMILES_CXSMILES_BAD},
    {"CCC |m:1:0.2|", SMILES_LEVEL_RDKIT, SMILES_CXSMILES_BAD},
    {"CC |rb:0:5|", SMILES_LEVEL_RDKIT, SMILES_CXSMILES_BAD},
    {"CC |SgD:0:a:b::::|", SMILES_LEVEL_RDKIT, SMILES_OK},
    {"CC |SgH:0|", SMILES_LEVEL_RDKIT, SMILES_CXSMILES_BAD},
    {"CC |$a&#59b$|", SMILES_LEVEL_RDKIT, SMILES_CXSMILES_BAD},
    {"c1cccc1", SMILES_LEVEL_SYNTAX, SMILES_OK},
    {"C(C)(C)(C)(C)C", SMILES_LEVEL_SYNTAX, SMILES_OK},
    {"C(C", SMILES_LEVEL_SYNTAX, SMILES_PAREN_OPEN},
};

static void test_levels(void **state)
{
    (void)state;
    for (size_t i = 0; i < countof(levels); i++) {
        struct smiles_options options = {.level = levels[i].level};
        struct smiles_verdict v = judge(text_of(levels[i].text), &options);

        if (v.code != levels[i].code)
            fail_msg("%s: %s, not %s", levels[i].text,
                     smiles_code_key(v.code).ptr,
                     smiles_code_key(levels[i].code).ptr);
        arena_rewind(&arena, 0);
    }
}

/* --- warnings ------------------------------------------------------------- */

#define BIT(name) (1U << SMILES_WARN_##name)

static const struct {
    const char *text;
    uint32_t warnings;
    size_t at;
    enum smiles_level level;
} warned[] = {
    {"F/C=C/F", 0, 0, 0},
    {"F/C=C\\F", 0, 0, 0},
    {"F/C=C/C=C/F", 0, 0, 0},
    {"C/1=C/CCCCCC1", 0, 0, 0},
    {"F/C=C1/CC1", 0, 0, 0},
    {"F/CC=C/F", BIT(DIRECTION), 1, 0},
    {"FC=C/F", BIT(DIRECTION), 4, 0},
    {"C/C", BIT(DIRECTION), 1, 0},
    {"F/C(/Cl)=C/F", 0, 0, 0},
    {"F/C(\\Cl)=C/F", BIT(DIRECTION_CONFLICT), 2, 0},
    {"C[C@H2]C", BIT(CENTRE), 1, 0},
    {"C[C@H](F)Cl", 0, 0, 0},
    {"C=1CC-1", BIT(RING_BOND), 5, 0},
    {"C=1CC=1", 0, 0, 0},
    {"C\\\\C=C\\C", BIT(ESCAPE), 1, 0},
    {"C->[Fe]", BIT(EXTENSION), 1, 0},
    {"[#6]", BIT(EXTENSION), 1, 0},
    {"C~C", BIT(EXTENSION), 1, 0},
    {"CC name", BIT(TRAILING), 3, SMILES_LEVEL_RDKIT},
    {" CC", BIT(TRIMMED), 0, SMILES_LEVEL_RDKIT},
};

static void test_warnings(void **state)
{
    (void)state;
    for (size_t i = 0; i < countof(warned); i++) {
        struct smiles_options options = {.level = warned[i].level};
        struct smiles_verdict v = judge(text_of(warned[i].text), &options);

        if (v.code || v.warnings != warned[i].warnings ||
            (v.warnings && v.warned_at != warned[i].at))
            fail_msg("%s: %s, warnings %x at %zu", warned[i].text,
                     smiles_code_key(v.code).ptr, v.warnings, v.warned_at);
        arena_rewind(&arena, 0);
    }
}

/* --- properties ----------------------------------------------------------- */

static const struct {
    const char *text, *formula;
    double mass, exact;
    uint32_t atoms, heavy, fragments, rings;
    int32_t charge;
} owned[] = {
    {"C", "CH4", 16.04246, 16.0313001, 1, 1, 1, 0, 0},
    {"CC(=O)Oc1ccccc1C(=O)O", "C9H8O4", 180.15742, 180.0422587, 13, 13, 1, 1,
     0},
    {"[H]O[H]", "H2O", 18.01528, 18.0105647, 3, 1, 1, 0, 0},
    {"[2H]O[2H]", "D2O", 20.0276036, 20.0231182, 3, 1, 1, 0, 0},
    {"C[13CH3]", "C2H6", 31.06169484, 31.05030504, 2, 2, 1, 0, 0},
    {"CC(=O)[O-].[Na+]", "C2H3NaO2", 82.03379, 82.0030738, 5, 5, 2, 0, 0},
    {"[NH4+]", "H4N+", 18.03846, 18.0343741, 1, 1, 1, 0, 1},
    {"[O-]S(=O)(=O)[O-]", "O4S--", 96.0626, 95.9517296, 5, 5, 1, 0, -2},
    {"Brc1ccc2ccccc2c1", "C10H7Br", 207.06658, 205.9731127, 11, 11, 1, 2, 0},
    {"C1.C1", "C2H6", 30.06904, 30.0469502, 2, 2, 1, 0, 0},
    {"C1CC1.c1ccccc1", "C9H12", 120.19158, 120.0939004, 9, 9, 2, 2, 0},
    {"*C", "CH3", 15.03452, 15.0234751, 2, 1, 1, 0, 0},
    {"[Fe+2]", "Fe++", 55.845, 55.9349375, 1, 1, 1, 0, 2},
};

static bool near(double a, double b)
{
    return a - b < 1e-5 && b - a < 1e-5;
}

static void test_properties(void **state)
{
    const struct smiles_options options = {.properties = true};

    (void)state;
    for (size_t i = 0; i < countof(owned); i++) {
        struct smiles_verdict v = judge(text_of(owned[i].text), &options);
        const struct smiles_properties *p = &v.properties;

        if (v.code || !slice_eq(p->formula, text_of(owned[i].formula)) ||
            !near(p->mass, owned[i].mass) ||
            !near(p->exact_mass, owned[i].exact) ||
            p->atoms != owned[i].atoms || p->heavy_atoms != owned[i].heavy ||
            p->fragments != owned[i].fragments || p->rings != owned[i].rings ||
            p->charge != owned[i].charge)
            fail_msg("%s: %.*s %.6f %.6f %u %u %u %u %d", owned[i].text,
                     (int)p->formula.len, p->formula.ptr, p->mass,
                     p->exact_mass, p->atoms, p->heavy_atoms, p->fragments,
                     p->rings, p->charge);
        arena_rewind(&arena, 0);
    }
}

/*
 * The table for usual atoms says what the full rules say: an extension about
 * an atom that does not exist has every atom judged by those.
 */
static void test_usual(void **state)
{
    static const char *const bare[] = {"B", "C",  "N",  "O", "P", "S",
                                       "F", "Cl", "Br", "I", "*"};
    static const char *const aromatic[] = {"b", "c", "n", "o", "p", "s"};
    static const char *const bonds[] = {"",     "(C)",  "(=C)",    "(#C)",
                                        "(=O)", "($C)", "(C)(=O)", "(=O)(=O)"};
    const struct smiles_options options = {.level = SMILES_LEVEL_RDKIT,
                                           .properties = true};
    char text[2][64];

    (void)state;
    for (size_t i = 0; i < countof(bare) + countof(aromatic); i++) {
        for (size_t k = 0; k < countof(bonds) * countof(bonds); k++) {
            bool ring = i >= countof(bare);
            struct smiles_verdict v[2];

            for (int full = 0; full < 2; full++) {
                snprintf(text[full], sizeof(text[full]), "%s%s%s%s%s%s",
                         ring ? "c1cc" : "",
                         ring ? aromatic[i - countof(bare)] : bare[i],
                         bonds[k % countof(bonds)], bonds[k / countof(bonds)],
                         ring ? "cc1" : "", full ? " |^1:99|" : "");
                v[full] = judge(text_of(text[full]), &options);
            }
            if (v[0].code != v[1].code ||
                !slice_eq(v[0].properties.formula, v[1].properties.formula))
                fail_msg("%s: %.*s or %.*s", text[0],
                         (int)v[0].properties.formula.len,
                         v[0].properties.formula.ptr,
                         (int)v[1].properties.formula.len,
                         v[1].properties.formula.ptr);
            arena_rewind(&arena, 0);
        }
    }
}

/* --- reactions ------------------------------------------------------------ */

static const struct {
    const char *text;
    bool maps;
    enum smiles_code code;
    size_t at;
    uint32_t warnings;
} reactions[] = {
    {"CC>>CO", false, SMILES_OK, 0, 0},
    {"CC.O>[Pd]>CO", false, SMILES_OK, 0, 0},
    {">>CO", false, SMILES_OK, 0, 0},
    {"CC>>", false, SMILES_OK, 0, 0},
    {">>", false, SMILES_EMPTY, 0, 0},
    {"N->[Fe]>>N", false, SMILES_OK, 0, 0},
    {"CC>O", false, SMILES_REACTION_ARROWS, 4, 0},
    {"CC>O>C>C", false, SMILES_REACTION_ARROWS, 6, 0},
    {"CC>>c1cccc1", false, SMILES_KEKULIZE, 4, 0},
    {"C1CC>>C1", false, SMILES_RING_OPEN, 1, 0},
    {"[CH3:1]C>>[CH3:1]O", true, SMILES_OK, 0, 0},
    {"[CH3:1]C>>[CH3:2]O", true, SMILES_MAP, 10, 0},
    {"[CH3:1]C>>[CH3:2]O", false, SMILES_OK, 0, 0},
    {"CC.O>>CC", false, SMILES_OK, 0, BIT(PRODUCT_REACTANT)},
    {"CCO", false, SMILES_REACTION_ARROWS, 3, 0},
};

static void test_reactions(void **state)
{
    (void)state;
    for (size_t i = 0; i < countof(reactions); i++) {
        struct smiles_options options = {.reaction = true,
                                         .maps = reactions[i].maps};
        struct smiles_verdict v = judge(text_of(reactions[i].text), &options);

        if (v.code != reactions[i].code || v.at != reactions[i].at ||
            (v.warnings & BIT(PRODUCT_REACTANT)) != reactions[i].warnings)
            fail_msg("%s: %s at %zu, warnings %x", reactions[i].text,
                     smiles_code_key(v.code).ptr, v.at, v.warnings);
        arena_rewind(&arena, 0);
    }
}

/* --- limits --------------------------------------------------------------- */

static void test_limits(void **state)
{
    struct smiles_options options = {.max_bytes = 4};
    struct smiles_verdict v = judge(SLICE("CCCCC"), &options);
    struct arena small;
    struct err err;
    char *many = malloc(200000);

    (void)state;
    assert_int_equal(v.code, SMILES_TOO_LONG);
    assert_int_equal(v.at, 4);
    assert_true(judge(SLICE("CCCC"), &options).code == SMILES_OK);
    assert_true(arena_open(&small, 4096, &err));
    assert_non_null(many);
    memset(many, 'C', 200000);
    options.max_bytes = 0;
    assert_false(smiles_judge(slice_of(many, 200000), &options, &small, &v));
    met_code[v.code]++;
    assert_int_equal(v.code, SMILES_MEMORY);
    assert_int_equal(small.used, 0);
    arena_close(&small);
    /* one atom with more neighbours than are counted */
    many[0] = 'C';
    for (size_t i = 1; i + 3 <= 199999; i += 3)
        memcpy(many + i, "(C)", 3);
    v = judge(slice_of(many, 199999), &options);
    assert_int_equal(v.code, SMILES_TOO_HARD);
    free(many);
    arena_rewind(&arena, 0);
}

/* The text has no byte to spare behind it; nothing reads past its end. */
static void test_prefixes(void **state)
{
    static const char text[] = "C[C@@H](Cl)/C=C\\1/[13CH2:12]C%12%(123)"
                               "->[Fe+2]c1c[nH]cc%12Br%(123)";
    const struct smiles_options options = {.properties = true};

    (void)state;
    for (size_t n = 0; n < sizeof(text); n++) {
        char *copy = malloc(n ? n : 1);

        memcpy(copy, text, n);
        (void)judge(slice_of(copy, n), &options);
        free(copy);
        arena_rewind(&arena, 0);
    }
}

/* Last: every row of the two tables has its case. */
static void test_all_met(void **state)
{
    (void)state;
    for (unsigned i = 0; i < SMILES_CODE_COUNT; i++) {
        if (!met_code[i])
            fail_msg("no case for %s", smiles_code_key(i).ptr);
    }
    for (unsigned i = 0; i < SMILES_WARNING_COUNT; i++) {
        if (!met_warning[i])
            fail_msg("no case for %s", smiles_warning_key(i).ptr);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_strict),   cmocka_unit_test(test_levels),
        cmocka_unit_test(test_warnings), cmocka_unit_test(test_properties),
        cmocka_unit_test(test_usual),    cmocka_unit_test(test_reactions),
        cmocka_unit_test(test_limits),   cmocka_unit_test(test_prefixes),
        cmocka_unit_test(test_all_met),
    };

    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
