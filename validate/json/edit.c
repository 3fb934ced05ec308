/* edit.c - see edit.h. */
#include "validate/json/edit.h"

#include "validate/base/attrs.h"

static const struct {
    struct slice key, words, guess;
} rules[REPAIR_RULE_COUNT] = {
#define REPAIR(name, key, damage, words, class) \
    [REPAIR_##name] = {                         \
        SLICE_INIT(key), SLICE_INIT(words),     \
        SLICE_INIT("needs a guess: " damage "; --repair=all loads it")},
#include "validate/json/repair.def"
#undef REPAIR
};

_Static_assert(REPAIR_RULE_COUNT <= 63, "a bit per rule in an int8");

static const struct slice class_keys[] = {
    [REPAIR_LOSSLESS] = SLICE_INIT("lossless"),
    [REPAIR_GUESS] = SLICE_INIT("guess"),
    [REPAIR_POLICY] = SLICE_INIT("policy"),
};

struct slice repair_key(enum repair_rule rule)
{
    DEMAND((unsigned)rule < REPAIR_RULE_COUNT);
    return rules[rule].key;
}

struct slice repair_words(enum repair_rule rule)
{
    DEMAND((unsigned)rule < REPAIR_RULE_COUNT);
    return rules[rule].words;
}

struct slice repair_guess_words(enum repair_rule rule)
{
    DEMAND((unsigned)rule < REPAIR_RULE_COUNT);
    return rules[rule].guess;
}

const enum repair_class repair_rule_class[REPAIR_RULE_COUNT] = {
#define REPAIR(name, key, damage, words, class) \
    [REPAIR_##name] = REPAIR_##class,
#include "validate/json/repair.def"
#undef REPAIR
};

struct slice repair_class_key(enum repair_class class)
{
    DEMAND((unsigned)class < countof(class_keys));
    return class_keys[class];
}
