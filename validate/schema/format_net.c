/*
 * format_net.c - addresses, host names and e-mail, see format_parts.h.
 *
 * Host names: letters, digits and hyphens are judged here; a label past
 * ASCII, or one that claims to encode such ("xn--"), is shown to libidn2 as
 * if it were to be registered (RFC 5891 section 4).  That looks at one label
 * at a time; that a name with right-to-left letters anywhere may have no
 * label that begins with a digit (RFC 5893 section 2) is added here.
 */
#include <idn2.h>

#include "validate/base/utf8.h"
#include "validate/schema/format_parts.h"

#define NAME_MAX_BYTES  253
#define LABEL_MAX_BYTES 63
#define LOCAL_MAX_BYTES 64
#define IDN_MAX_BYTES   (4 * LABEL_MAX_BYTES) /* as UTF-8, before Punycode */

bool net_is_ipv4(struct slice text)
{
    for (int part = 0; part < 4; part++) {
        size_t n = part_digits(slice_take(text, 4));
        unsigned value = 0;

        if (n == 0 || n > 3 || (n > 1 && text.ptr[0] == '0'))
            return false;
        for (size_t i = 0; i < n; i++)
            value = value * 10 + (unsigned)(text.ptr[i] - '0');
        if (value > 255)
            return false;
        text = slice_drop(text, n);
        if (part < 3) {
            if (!text.len || text.ptr[0] != '.')
                return false;
            text = slice_drop(text, 1);
        }
    }
    return text.len == 0;
}

bool net_is_ipv6(struct slice text)
{
    int groups = 0;
    bool gap = false;

    if (text.len >= 2 && text.ptr[0] == ':') {
        if (text.ptr[1] != ':')
            return false;
        gap = true;
        text = slice_drop(text, 2);
        if (!text.len)
            return true;
    }
    for (;;) {
        size_t n = 0;

        while (n < text.len && part_hex(text.ptr[n]))
            n++;
        if (n < text.len && text.ptr[n] == '.') {
            groups += 2;
            return (gap ? groups < 8 : groups == 8) && net_is_ipv4(text);
        }
        if (n == 0 || n > 4 || ++groups > 8)
            return false;
        text = slice_drop(text, n);
        if (!text.len)
            return gap ? groups < 8 : groups == 8;
        if (text.ptr[0] != ':')
            return false;
        text = slice_drop(text, 1);
        if (text.len && text.ptr[0] == ':') {
            if (gap)
                return false;
            gap = true;
            text = slice_drop(text, 1);
            if (!text.len)
                return groups < 8;
        }
    }
}

/* Letters, digits and hyphens inside. */
static bool is_plain_label(struct slice label)
{
    if (!label.len || label.len > LABEL_MAX_BYTES || label.ptr[0] == '-' ||
        label.ptr[label.len - 1] == '-')
        return false;
    for (size_t i = 0; i < label.len; i++)
        if (!part_alnum(label.ptr[i]) && label.ptr[i] != '-')
            return false;
    return true;
}

static bool is_encoded(struct slice label)
{
    return label.len >= 4 && (label.ptr[0] | 0x20) == 'x' &&
           (label.ptr[1] | 0x20) == 'n' && label.ptr[2] == '-' &&
           label.ptr[3] == '-';
}

/* One scalar value off the front of valid UTF-8. */
static uint32_t take_scalar(struct slice *text)
{
    static const unsigned char mask[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    size_t n = utf8_sequence(*text);
    uint32_t scalar;

    DEMAND(n > 0);
    scalar = (unsigned char)text->ptr[0] & mask[n];
    for (size_t i = 1; i < n; i++)
        scalar = scalar << 6 | ((unsigned char)text->ptr[i] & 0x3F);
    *text = slice_drop(*text, n);
    return scalar;
}

/* Blocks of scripts written from the right, but for the digits that are
 * written from the left (U+06F0 to U+06F9). */
static bool is_right_to_left(uint32_t c)
{
    return (c >= 0x0590 && c < 0x0900 && !(c >= 0x06F0 && c <= 0x06F9)) ||
           (c >= 0xFB1D && c < 0xFE00) || (c >= 0xFE70 && c < 0xFF00) ||
           (c >= 0x10800 && c < 0x11000) || (c >= 0x1E800 && c < 0x1F000);
}

/* What is known of a name from its labels so far. */
struct name {
    bool idn;      /* U-labels are welcome */
    bool mend;     /* and brought to normal form first, as e-mail wants it */
    size_t bytes;  /* of the labels in ASCII, and their dots */
    bool leftward; /* a label has right-to-left letters */
    bool digit;    /* a label begins with a digit */
    bool mixed;    /* a right-to-left label has digits of both kinds */
};

static void look_at_direction(struct slice label, struct name *name)
{
    bool leftward = false, european = false, arabic = false, first = true;

    while (label.len) {
        uint32_t c = take_scalar(&label);
        bool digit = (c >= '0' && c <= '9') || (c >= 0x06F0 && c <= 0x06F9);

        name->digit |= first && digit;
        european |= digit;
        arabic |= (c >= 0x0660 && c <= 0x0669);
        leftward |= is_right_to_left(c);
        first = false;
    }
    name->leftward |= leftward;
    name->mixed |= leftward && european && arabic;
}

/*
 * A U-label, or with `encoded` an A-label (then lower-cased, decoded, and
 * compared with what its decoded form would encode to).
 */
static bool is_idn_label(struct slice label, bool encoded, struct name *name)
{
    char text[IDN_MAX_BYTES + 1];
    char *decoded = NULL;
    uint8_t *out = NULL;
    const uint8_t *unicode = (const uint8_t *)text;
    int rc = IDN2_OK;

    if (!label.len || label.len > IDN_MAX_BYTES ||
        memchr(label.ptr, 0, label.len))
        return false;
    memcpy(text, label.ptr, label.len);
    text[label.len] = '\0';
    if (encoded) {
        for (size_t i = 0; i < label.len; i++)
            if (part_letter(text[i]))
                text[i] |= 0x20;
        rc = idn2_to_unicode_8z8z(text, &decoded, 0);
        unicode = (const uint8_t *)decoded;
    }
    if (rc == IDN2_OK)
        rc = idn2_register_u8(unicode, encoded ? (const uint8_t *)text : NULL,
                              &out, name->mend ? IDN2_NFC_INPUT : 0);
    if (rc == IDN2_OK) {
        const char *shown = (const char *)unicode;

        name->bytes += strlen((const char *)out);
        look_at_direction(slice_of(shown, strlen(shown)), name);
    }
    if (decoded)
        idn2_free(decoded);
    if (out)
        idn2_free(out);
    return rc == IDN2_OK;
}

static bool is_label(struct slice label, struct name *name)
{
    bool wide = false;

    for (size_t i = 0; i < label.len; i++)
        wide |= part_wide(label.ptr[i]);
    if (wide)
        return name->idn && is_idn_label(label, false, name);
    if (!is_plain_label(label))
        return false;
    if (is_encoded(label))
        return is_idn_label(label, true, name);
    name->bytes += label.len;
    name->digit |= ascii_digit(label.ptr[0]);
    return true;
}

/* Bytes of the label text begins with, and in *dot those of the separator
 * behind it: with `idn` the full stops of other scripts count too. */
static size_t cut_label(struct slice text, bool idn, size_t *dot)
{
    static const char *const stops[] = {"\xE3\x80\x82", "\xEF\xBC\x8E",
                                        "\xEF\xBD\xA1"};

    for (size_t i = 0; i < text.len; i++) {
        *dot = 1;
        if (text.ptr[i] == '.')
            return i;
        *dot = 3;
        for (size_t s = 0; idn && i + 3 <= text.len && s < countof(stops); s++)
            if (!memcmp(text.ptr + i, stops[s], 3))
                return i;
    }
    *dot = 0;
    return text.len;
}

static bool is_name(struct slice text, struct name name)
{
    size_t dot = 1;

    while (dot) {
        size_t n = cut_label(text, name.idn, &dot);

        /* looked at while reading: a name may be a megabyte of labels */
        if (!is_label(slice_take(text, n), &name) ||
            name.bytes > NAME_MAX_BYTES)
            return false;
        text = slice_drop(text, n + dot);
        name.bytes += dot != 0;
    }
    return !name.mixed && !(name.leftward && name.digit);
}

bool net_is_hostname(struct slice text, bool idn)
{
    return is_name(text, (struct name){.idn = idn});
}

/* Atoms with single dots between them. */
static bool is_dot_string(struct slice text, bool idn)
{
    bool atom = false; /* may a dot follow? */

    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];

        if (c == '.' && !atom)
            return false;
        if (c != '.' && !part_alnum(c) && !(idn && part_wide(c)) &&
            (!c || !strchr("!#$%&'*+-/=?^_`{|}~", c)))
            return false;
        atom = c != '.';
    }
    return atom;
}

/* "..." with a backslash in front of any printable character. */
static bool is_quoted(struct slice text, bool idn)
{
    size_t i = 1;

    if (text.len < 2 || text.ptr[0] != '"')
        return false;
    for (; i + 1 < text.len; i++) {
        char c = text.ptr[i];

        if (c == '"')
            return false;
        if (c == '\\')
            c = text.ptr[++i];
        if (part_wide(c) ? !idn : c < 0x20 || c == 0x7F)
            return false;
    }
    return i + 1 == text.len && text.ptr[i] == '"';
}

static bool is_ipv6_tag(struct slice tag)
{
    return tag.len == 4 && (tag.ptr[0] | 0x20) == 'i' &&
           (tag.ptr[1] | 0x20) == 'p' && (tag.ptr[2] | 0x20) == 'v' &&
           tag.ptr[3] == '6';
}

/* What stands in the brackets of user@[...]. */
static bool is_literal(struct slice text)
{
    size_t colon = slice_find(text, ':');
    struct slice tag = slice_take(text, colon);

    if (net_is_ipv4(text))
        return true;
    if (colon == text.len || !is_plain_label(tag))
        return false;
    text = slice_drop(text, colon + 1);
    if (is_ipv6_tag(tag))
        return net_is_ipv6(text);
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] < 0x21 || text.ptr[i] > 0x7E ||
            strchr("[\\]", text.ptr[i]))
            return false;
    return text.len > 0;
}

bool net_is_email(struct slice text, bool idn)
{
    size_t at = text.len;
    struct slice local, domain;

    while (at && text.ptr[at - 1] != '@')
        at--;
    if (at == 0)
        return false;
    local = slice_take(text, at - 1);
    domain = slice_drop(text, at);
    if (local.len > LOCAL_MAX_BYTES ||
        (!is_dot_string(local, idn) && !is_quoted(local, idn)))
        return false;
    if (domain.len > 2 && domain.ptr[0] == '[' &&
        domain.ptr[domain.len - 1] == ']')
        return is_literal(slice_of(domain.ptr + 1, domain.len - 2));
    return is_name(domain, (struct name){.idn = idn, .mend = true});
}
