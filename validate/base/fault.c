/* fault.c - see fault.h. */
#include "validate/base/fault.h"

#include "validate/base/attrs.h"

static const struct {
    struct slice key, words;
    enum advice advice;
} faults[FAULT_COUNT] = {
    [FAULT_NONE] = {SLICE_INIT("ok"), SLICE_INIT("nothing wrong"), ADVICE_NONE},
#define FAULT(name, key, words, advice) \
    [FAULT_##name] = {SLICE_INIT(key), SLICE_INIT(words), ADVICE_##advice},
#include "validate/base/fault.def"
#undef FAULT
};

static const struct slice advices[] = {
    [ADVICE_NONE] = SLICE_INIT("nothing to do"),
    [ADVICE_ASK] = SLICE_INIT("ask again"),
    [ADVICE_CHANGE] = SLICE_INIT("change the request, then ask again"),
    [ADVICE_LOOK] = SLICE_INIT("look at the line"),
};

struct slice fault_key(enum fault fault)
{
    DEMAND((unsigned)fault < FAULT_COUNT);
    return faults[fault].key;
}

struct slice fault_words(enum fault fault)
{
    DEMAND((unsigned)fault < FAULT_COUNT);
    return faults[fault].words;
}

enum advice fault_advice(enum fault fault)
{
    DEMAND((unsigned)fault < FAULT_COUNT);
    return faults[fault].advice;
}

struct slice advice_words(enum advice advice)
{
    DEMAND((unsigned)advice < countof(advices));
    return advices[advice];
}
