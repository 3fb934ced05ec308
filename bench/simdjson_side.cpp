/*
 * simdjson_side.cpp - the comparison: On-Demand for the envelope, DOM for the
 * answer, as its authors advise, one parser each, kept from line to line.
 * The answer is parsed where On-Demand left it: no copy.
 */
#include "bench/simdjson_side.h"

#include <simdjson.h>

struct side {
    simdjson::ondemand::parser envelope;
    simdjson::dom::parser inner;
};

side *side_open(void)
{
    return new side;
}

void side_close(side *side)
{
    delete side;
}

#define WORD(x)  #x
#define WORDS(x) WORD(x)

/* On-Demand is compiled here, for the CPU the flags name; its first pass and
 * the DOM are chosen in the library. */
const char *side_kernel(void)
{
    static std::string name =
        std::string(WORDS(SIMDJSON_BUILTIN_IMPLEMENTATION)) + "/" +
        simdjson::get_active_implementation()->name();

    return name.c_str();
}

size_t side_envelope(side *side, const char *line, size_t len,
                     const char **text)
{
    simdjson::padded_string_view view(line, len, len + SIDE_PAD);
    simdjson::ondemand::document doc;
    std::string_view key, finish, answer;
    uint64_t tokens;

    if (side->envelope.iterate(view).get(doc) || doc["key"].get(key))
        return 0;
    auto response = doc["response"];
    auto candidate = response["candidates"].at(0);
    auto part = candidate["content"]["parts"].at(0);
    if (part["text"].get(answer) || candidate["finishReason"].get(finish) ||
        response["usageMetadata"]["totalTokenCount"].get(tokens))
        return 0;
    *text = answer.data();
    return answer.size() + (key.empty() || finish.empty() || !tokens);
}

size_t side_inner(side *side, const char *text, size_t len)
{
    simdjson::dom::object object;

    if (side->inner.parse(text, len, false).get(object))
        return 0;
    return object.size();
}
