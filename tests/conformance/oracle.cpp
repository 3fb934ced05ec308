/* oracle.cpp - see oracle.h. */
#include "tests/conformance/oracle.h"

#include <simdjson.h>

using namespace simdjson;

static uint64_t fold_text(uint64_t digest, char kind, std::string_view text)
{
    return oracle_fold(digest, kind, text.data(), text.size());
}

static uint64_t fold(uint64_t digest, dom::element value)
{
    switch (value.type()) {
    case dom::element_type::ARRAY:
        digest = fold_text(digest, '[', "");
        for (dom::element child : value.get_array())
            digest = fold(digest, child);
        return fold_text(digest, ']', "");
    case dom::element_type::OBJECT:
        digest = fold_text(digest, '{', "");
        for (dom::key_value_pair member : value.get_object())
            digest = fold(fold_text(digest, 'k', member.key), member.value);
        return fold_text(digest, '}', "");
    case dom::element_type::STRING:
        return fold_text(digest, 's', value.get_string());
    case dom::element_type::INT64:
        return fold_text(digest, 'i', std::to_string(int64_t(value)));
    case dom::element_type::UINT64:
    case dom::element_type::DOUBLE: return fold_text(digest, 'd', "");
    case dom::element_type::BOOL:
        return fold_text(digest, bool(value) ? 't' : 'f', "");
    default: return fold_text(digest, 'n', "");
    }
}

enum oracle_word oracle_simdjson(const char *text, size_t len, uint64_t *digest)
{
    static dom::parser parser;
    dom::element root;
    auto error = parser.parse(text, len).get(root);

    if (error == NUMBER_ERROR || error == DEPTH_ERROR || error == CAPACITY)
        return ORACLE_NOT_MINE;
    if (error)
        return ORACLE_NO;
    *digest = fold(0, root);
    return ORACLE_YES;
}
