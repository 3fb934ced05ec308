/*
 * test_pattern.c - ECMA-262 patterns: what they find, what is none, what
 * groups hold, and that nobody waits for a hostile one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "validate/base/utf8.h"
#include "validate/schema/pattern.h"
#include "validate/schema/pattern_dfa.h"

static struct arena arena;

static struct slice text(const char *s)
{
    return slice_of(s, strlen(s));
}

static struct pattern *compiled(const char *ecma)
{
    struct pattern_problem why = {0, {"", 0}};
    struct pattern *p = NULL;

    if (!pattern_compile(text(ecma), &arena, &p, &why))
        fail_msg("'%s': %.*s at %zu", ecma, (int)why.words.len, why.words.ptr,
                 why.offset);
    return p;
}

static void test_finds(void **state)
{
    static const struct {
        const char *ecma, *yes[5], *no[5];
    } table[] = {
        {"", {"", "a"}, {NULL}},
        {"b", {"abc", "b"}, {"", "ac", "B"}},
        {"^abc$", {"abc"}, {"abc\n", "xabc", "abcd", "x\nabc"}},
        {"^[A-Z]{2}\\d+$",
         {"AB1", "ZZ0123456789"},
         {"AB", "A1", "AB1 ", "ab1"}},
        {"^\\d$", {"0", "9"}, {"\xDF\x80", "a", ""}},
        {"^\\D$", {"\xDF\x80", "a"}, {"0"}},
        {"^\\w+$", {"aZ_09"}, {"\xC3\xA9", "-"}},
        {"^\\W$", {"\xC3\xA9", "-", "\xF0\x9F\x90\xB2"}, {"a", "_"}},
        {"^\\s+$",
         {" \t\n\v\f\r\xC2\xA0\xEF\xBB\xBF\xE2\x80\xA8\xE1\x9A\x80"},
         {"", "\x1c", "\xE2\x80\x8B", "\xC2\x85", "\xE1\xA0\x8E"}},
        {"^\\S+$", {"a\xC2\x85"}, {" ", "\xEF\xBB\xBF", "a b"}},
        {"^[\\s]$", {" ", "\xE3\x80\x80"}, {"a"}},
        {"^[^\\s]$", {"a", "\xC3\xA9"}, {" ", "\xE3\x80\x80"}},
        {"^[\\S]$", {"a", "\xF4\x8F\xBF\xBF"}, {" ", "\xE3\x80\x80"}},
        {"^[\\S\\s]$", {"a", "\n"}, {"", "ab"}},
        {"^.$",
         {"a", "\xF0\x9F\x90\xB2", "\xC2\x85", "\v"},
         {"\n", "\r", "\xE2\x80\xA8", "\xE2\x80\xA9", ""}},
        {"a\\b", {"a", "a b", "a\xC3\xA9"}, {"ab"}},
        {"\\Ba",
         {"ba"},
         {"a", " a",
          "\xC3\xA9"
          "a"}},
        {"^\\cJ\\t\\x41\\u0042\\u{43}\\0$", {NULL}, {"\n\tABC"}},
        {"^\\cJ\\t\\x41\\u0042\\u{43}$", {"\n\tABC"}, {"\\cJ"}},
        {"^\\ud83d\\udc32*$",
         {"\xF0\x9F\x90\xB2\xF0\x9F\x90\xB2"},
         {"\xF0\x9F\x90\x89"}},
        {"^\\u{1F432}$", {"\xF0\x9F\x90\xB2"}, {"u"}},
        {"^[\\ud83d\\udc32-\\u{1F433}]$",
         {"\xF0\x9F\x90\xB2", "\xF0\x9F\x90\xB3"},
         {"\xF0\x9F\x90\xB1"}},
        {"\\ud83d", {NULL}, {"\xF0\x9F\x90\xB2", ""}},
        {"^[\\ud800-\\uffff]$", {"\xEE\x80\x80", "\xEF\xBF\xBD"}, {"a"}},
        {"^[^\\ud800-\\udfff]$", {"a"}, {""}},
        {"[]", {NULL}, {"", "a", "[]"}},
        {"^a[]?b[\\ud800]*c\\udfff{0,2}$", {"abc"}, {"ab"}},
        {"^[^]$", {"a", "\n", "\xC3\xA9"}, {""}},
        {"^[]a]$", {NULL}, {"a]", "]"}},
        {"^[a\\]b]$", {"]", "a"}, {"\\"}},
        {"^[\\b]$", {"\b"}, {"b"}},
        {"^[a-]$", {"-", "a"}, {"b"}},
        {"^[-a]$", {"-", "a"}, {"b"}},
        {"^[\\w-.]$", {"-", ".", "a"}, {","}},
        {"^[.*+?(){}|$^]$", {".", "^", "$", "{"}, {"\\", "a"}},
        {"^[[:alpha:]]$", {"a]", "[]", ":]"}, {"b]", "b"}},
        {"^\\^\\$\\\\\\.\\*\\+\\?\\(\\)\\[\\]\\{\\}\\|\\/$",
         {"^$\\.*+?()[]{}|/"},
         {""}},
        {"^\\@\\-\\ $", {"@- "}, {"\\@"}},
        {"^a}]$", {"a}]"}, {"a"}},
        {"^(?:ab){2,3}$", {"abab", "ababab"}, {"ab", "abababab"}},
        {"^a{0}b{2}c{1,}?$", {"bbc", "bbccc"}, {"bb", "abbc"}},
        {"^(a)(b)\\2\\1$", {"abba"}, {"abab"}},
        {"^\\1(a)$", {"a"}, {"aa"}},
        {"^(?<x>a|b)\\k<x>$", {"aa", "bb"}, {"ab"}},
        {"^(?=.*\\d)(?!.*x).+$", {"a1"}, {"a", "a1x"}},
        {"(?<=\\$)\\d", {"$1"}, {"1"}},
        {"(?<!a|bc)d", {"d", "cd"}, {"ad", "bcd"}},
        {"^\\p{L}+$", {"a\xC3\xA9"}, {"1"}},
        {"^\\p{Letter}\\p{Lu}\\P{Lu}$", {"aAa"}, {"aaa"}},
        {"^\\p{Script=Greek}$", {"\xCE\xB1"}, {"a"}},
        {"^\\p{sc=Grek}\\p{Script_Extensions=Latin}$",
         {"\xCE\xB1"
          "a"},
         {"aa"}},
        {"^[\\p{gc=Nd}x]$", {"1", "\xDF\x80", "x"}, {"a"}},
        {"^[^\\P{Nd}]$", {"1"}, {"a"}},
        {"^\\p{ASCII}\\p{Any}\\p{Assigned}$",
         {"a\xC3\xA9"
          "a"},
         {"\xC3\xA9"
          "aa"}},
        {"^\\p{Alphabetic}\\p{White_Space}\\p{Emoji_Presentation}$",
         {"a \xF0\x9F\x90\xB2"},
         {"a a"}},
        {"^# b\xC3\xA9$", {"# b\xC3\xA9"}, {"b\xC3\xA9"}},
    };

    (void)state;
    for (size_t i = 0; i < 5 * countof(table); i++) {
        const char *yes = table[i / 5].yes[i % 5], *no = table[i / 5].no[i % 5];
        struct slice groups[2];
        struct pattern *p;

        if (!yes && !no)
            continue;
        p = compiled(table[i / 5].ecma);
        if (yes && pattern_find(p, text(yes)) != PATTERN_YES)
            fail_msg("'%s' is in '%s'", table[i / 5].ecma, yes);
        if (no && pattern_find(p, text(no)) != PATTERN_NO)
            fail_msg("'%s' is not in '%s'", table[i / 5].ecma, no);
        /* for groups PCRE2 is asked, whatever was asked before */
        if ((yes && pattern_groups(p, text(yes), groups) != PATTERN_YES) ||
            (no && pattern_groups(p, text(no), groups) != PATTERN_NO))
            fail_msg("'%s' for PCRE2", table[i / 5].ecma);
        pattern_drop(p);
        arena_rewind(&arena, 0);
    }
}

/* Everything found in a short text is found behind 300 bytes of another: the
 * code for long texts says the same. */
static void test_long_texts(void **state)
{
    static const char *const ecma[] = {
        "b+c", "(a|b)+c", "(?:x|(b))\\1", "[^x]$", "(?<=xb)c", "\\bx", "b{2,}"};
    static const char *const ends[] = {"bc", "xbc", "bb", "x", "abbc",
                                       " x", "",    "ab", "xx"};

    (void)state;
    for (size_t i = 0; i < countof(ecma) * countof(ends); i++) {
        struct pattern *p = compiled(ecma[i / countof(ends)]);
        char near[64], far[400];

        snprintf(near, sizeof(near), "zx%s", ends[i % countof(ends)]);
        memset(far, 'z', sizeof(far));
        snprintf(far + 300, sizeof(far) - 300, "%s", near);
        assert_int_equal(pattern_find(p, text(near)),
                         pattern_find(p, text(far)));
        pattern_drop(p);
        arena_rewind(&arena, 0);
    }
}

/* A table where there can be one, and none where there cannot. */
static void test_tables(void **state)
{
    static const struct {
        const char *ecma;
        bool table, anchored;
    } table[] = {
        {"^a", true, true},
        {"a", true, false},
        {"^a|^b", true, true},
        {"^a|b", true, false},
        {"(^a)?b", true, false},
        {"^(?:[^\\\\x]|\\\\.)*$", true, true},
        {"", true, false},
        {"^", true, true},
        {"[]", true, true},
        {"^\\w{1,100}$", true, true},
        {"a\\b", false, false},
        {"(?=a)", false, false},
        {"(?<!a)", false, false},
        {"(a)\\1", false, false},
        {"\\p{L}", false, false},
        {"a{2000}", false, false},
        {"(?:a|b)*a(?:a|b){12}", false, false},
    };

    (void)state;
    for (size_t i = 0; i < countof(table); i++) {
        const struct dfa *dfa = dfa_build(text(table[i].ecma), &arena);

        if ((dfa != NULL) != table[i].table ||
            (dfa && dfa->anchored != table[i].anchored))
            fail_msg("'%s'", table[i].ecma);
        assert_true(dfa || arena_mark(&arena) == 0);
        arena_rewind(&arena, 0);
    }
}

/* Ranges of characters as ranges of bytes: asked at all their edges, and at
 * those of the encoding. */
static void test_ranges(void **state)
{
    static const uint32_t edges[] = {
        0x1,     0x40,    0x7F,    0x80,    0xBF,    0xC0,     0xE9,   0x178,
        0x7FF,   0x800,   0xFFF,   0x1000,  0x2345,  0xD7FF,   0xE000, 0xFFFF,
        0x10000, 0x1F432, 0x3FFFF, 0x40000, 0xFFFFF, 0x10FFFF,
    };
    const size_t n = countof(edges);

    (void)state;
    for (size_t i = 0; i < n * n; i++) {
        uint32_t low = edges[i % n], high = edges[i / n];
        char ecma[64];
        const struct dfa *dfa;

        snprintf(ecma, sizeof(ecma), "^[\\u{%x}-\\u{%x}]$", low, high);
        if (low > high)
            continue;
        dfa = dfa_build(text(ecma), &arena);
        assert_non_null(dfa);
        for (size_t k = 0; k < 3 * n; k++) {
            uint32_t c = edges[k / 3] + (uint32_t)(k % 3) - 1;
            char one[UTF8_MAX];

            if (c > 0x10FFFF || (c >= 0xD800 && c < 0xE000))
                continue;
            if (dfa_find(dfa, slice_of(one, utf8_put(c, one))) !=
                (c >= low && c <= high))
                fail_msg("%s: U+%04X", ecma, c);
        }
        arena_rewind(&arena, 0);
    }
}

/* Both ways to a verdict, on every text of up to six letters of three. */
static void test_agree(void **state)
{
    static const char *const ecma[] = {
        "^(a|bc)*$",      "(ab|ba)+c?$",       "^(a*b*)*c",   "^(?:a?b){2,3}$",
        "a{2}|b{3,}c",    "^(a|^b)*c",         "(a|$)b*$",    "^$|^abc?$",
        "[^a]b[^c]",      "^(?:|a)+$",         "(?:a*?b)+?c", "^[^]{2,4}$",
        "((a|b)(b|c))+$", "^((a){0,2}b?){3}$", ".a.|^.$",     "a(b|)c",
    };

    (void)state;
    for (size_t i = 0; i < countof(ecma); i++) {
        struct pattern *p = compiled(ecma[i]);
        const struct dfa *dfa = dfa_build(text(ecma[i]), &arena);

        assert_non_null(dfa);
        for (size_t k = 0; k < 4096; k++) {
            char one[6];
            size_t len = 0;

            for (size_t rest = k; rest % 4; rest /= 4)
                one[len++] = (char)('a' + rest % 4 - 1);
            if (dfa_find(dfa, slice_of(one, len)) !=
                (pattern_groups(p, slice_of(one, len), NULL) == PATTERN_YES))
                fail_msg("'%s' in '%.*s'", ecma[i], (int)len, one);
        }
        pattern_drop(p);
        arena_rewind(&arena, 0);
    }
}

static void test_refuses(void **state)
{
    static const struct {
        const char *ecma;
        size_t at;
    } table[] = {
        {"^(abc]", 1},
        {"a)", 1},
        {"[a", 0},
        {"a**", 2},
        {"*", 0},
        {"a|*", 2},
        {"(?:*)", 3},
        {"^*", 1},
        {"(?=a)*", 5},
        {"(?<=a)+", 6},
        {"\\b+", 2},
        {"a{2,1}", 1},
        {"a{,2}", 1},
        {"{", 0},
        {"a{x}", 1},
        {"a{1", 1},
        {"\\a", 0},
        {"\\z", 0},
        {"\\", 0},
        {"[\\", 1},
        {"\\1", 0},
        {"(a)\\2", 3},
        {"\\01", 0},
        {"[\\1]", 1},
        {"\\x4", 0},
        {"\\u004", 0},
        {"\\u{110000}", 0},
        {"\\u{}", 0},
        {"\\c1", 0},
        {"\\c", 0},
        {"[z-a]", 1},
        {"\\k<x>", 0},
        {"(?<x>a)\\k<y>", 7},
        {"\\k", 0},
        {"(?<x>a)(?<x>b)", 7},
        {"(?<1>a)", 0},
        {"(?<>a)", 0},
        {"(?<x", 0},
        {"(?P<x>a)", 0},
        {"(?i)a", 0},
        {"(?#c)", 0},
        {"(?>a)", 0},
        {"(?|a)", 0},
        {"(*FAIL)", 1},
        {"\\p{Foo}", 0},
        {"\\p", 0},
        {"\\pL", 0},
        {"\\p{Script=Foo}", 0},
        {"\\p{Xan}", 0},
        {"\\p{^L}", 0},
        {"a{65536}", 1},
        {"\xFF", 0},
        {"a\xC3", 1},
        {"\\\xC3\xA9", 0},
        {"(?<=a+)b", 0},
    };

    (void)state;
    for (size_t i = 0; i < countof(table); i++) {
        struct pattern_problem why = {999, {NULL, 0}};
        struct pattern *p;

        if (pattern_compile(text(table[i].ecma), &arena, &p, &why))
            fail_msg("'%s' is a pattern", table[i].ecma);
        if (why.offset != table[i].at)
            print_error("'%s' at %zu: %.*s\n", table[i].ecma, why.offset,
                        (int)why.words.len, why.words.ptr);
        assert_int_equal(why.offset, table[i].at);
        assert_true(why.words.len > 5);
        assert_true(arena_mark(&arena) == why.words.len);
        arena_rewind(&arena, 0);
    }
}

static void test_groups(void **state)
{
    struct pattern *p = compiled("^(?<synthesis>.+)-step(?<step>\\d+)"
                                 "(x)?(?<rest>y)?$");
    struct slice v[3] = {{"", 0}, {"", 0}, {"", 0}};
    char many[32 * 120], *at = many;

    (void)state;
    assert_int_equal(pattern_n_groups(p), 3);
    assert_true(slice_eq(pattern_group_name(p, 0), SLICE("synthesis")));
    assert_true(slice_eq(pattern_group_name(p, 1), SLICE("step")));
    assert_true(slice_eq(pattern_group_name(p, 2), SLICE("rest")));
    assert_int_equal(pattern_groups(p, SLICE("aspirin-step"), v), PATTERN_NO);
    assert_true(v[0].len == 0);
    assert_int_equal(pattern_groups(p, SLICE("a-step-step12"), v), PATTERN_YES);
    assert_true(slice_eq(v[0], SLICE("a-step")));
    assert_true(slice_eq(v[1], SLICE("12")));
    assert_true(v[2].ptr == NULL);
    assert_int_equal(pattern_groups(p, SLICE("a-step1xy"), v), PATTERN_YES);
    assert_true(slice_eq(v[2], SLICE("y")));
    pattern_drop(p);
    p = compiled("a(b)");
    assert_int_equal(pattern_n_groups(p), 0);
    pattern_drop(p);
    for (int i = 0; i < 101; i++)
        at += snprintf(at, 32, "(?<n%d>a)", i);
    assert_false(
        pattern_compile(text(many), &arena, &p, &(struct pattern_problem){0}));
    arena_rewind(&arena, 0);
}

/* Patterns that double their work with every byte, and texts that square it:
 * an answer, or PATTERN_LIMIT, within the time of the test run. */
static void test_hostile(void **state)
{
    static const char *const ecma[] = {
        "(a+)+$",
        "^(a|a)*$",
        "(a*)*b$",
        "(a|aa)+$",
        "^(([a-z])+.)+[A-Z]([a-z])+$",
        "(.*a){20}b",
        "\\w*\\w*\\w*!",
        "a+$",
        "(?=(a+)+$)b",
        "(a+)\\1[bc]",
        "(?:a?){50}a{50}b",
        "a{30000}b",
        "(?<=a)(a+)+b$",
        "((a{1,9}){1,9}){1,9}b",
    };
    static char many[200001];

    (void)state;
    memset(many, 'a', sizeof(many) - 1);
    for (size_t i = 0; i < countof(ecma); i++) {
        struct pattern *p = compiled(ecma[i]);

        for (size_t n = 10; n < sizeof(many); n *= 3) {
            char last = many[n];

            many[n] = '-';
            /* "(a+)+$" and the like: not there, whatever it costs to see */
            assert_true(pattern_find(p, slice_of(many, n + 1)) != PATTERN_YES);
            many[n] = last;
        }
        pattern_drop(p);
        arena_rewind(&arena, 0);
    }
}

/* Honest patterns on long texts get an answer. */
static void test_honest(void **state)
{
    enum { N = 200000 };
    static const char *const ecma[] = {"^(\\w+\\s?)+$", "^[^<>]*$", "^.*$",
                                       "^(?:[a-z ]|\\n)+$", "o .$|o $"};
    char *many = malloc(N);

    (void)state;
    for (size_t i = 0; i < N; i++)
        many[i] = "hello "[i % 6];
    many[N - 1] = ' ';
    many[N - 2] = 'o';
    for (size_t i = 0; i < countof(ecma); i++) {
        struct pattern *p = compiled(ecma[i]);

        assert_int_equal(pattern_find(p, slice_of(many, N)), PATTERN_YES);
        pattern_drop(p);
        arena_rewind(&arena, 0);
    }
    free(many);
}

/* With any amount of memory: a pattern that works, or a word about it. */
static void test_no_room(void **state)
{
    size_t cap = arena.cap;

    (void)state;
    for (arena.cap = 0; arena.cap < 20000; arena.cap += 40) {
        struct pattern_problem why = {0, {NULL, 0}};
        struct pattern *p;

        if (pattern_compile(SLICE("^(?<a>\\w+)-\\p{L}{2}$"), &arena, &p,
                            &why)) {
            /* without a JIT there may be no room to search in */
            assert_true(pattern_find(p, SLICE("ab-cd")) != PATTERN_NO);
            pattern_drop(p);
        } else {
            assert_true(slice_eq(why.words, SLICE("out of memory")));
        }
        arena_rewind(&arena, 0);
    }
    arena.cap = cap;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_finds),   cmocka_unit_test(test_long_texts),
        cmocka_unit_test(test_refuses), cmocka_unit_test(test_groups),
        cmocka_unit_test(test_hostile), cmocka_unit_test(test_honest),
        cmocka_unit_test(test_no_room), cmocka_unit_test(test_tables),
        cmocka_unit_test(test_agree),   cmocka_unit_test(test_ranges),
    };
    struct err err;

    DEMAND(arena_open(&arena, (size_t)64 << 20, &err));
    return cmocka_run_group_tests(tests, NULL, NULL);
}
