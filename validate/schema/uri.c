/*
 * uri.c - see uri.h.
 *
 * A resolved reference is written into room counted out beforehand: no part
 * of it is longer than it was, but for the few bytes that separate parts.
 */
#include "validate/schema/uri.h"

#include "validate/base/utf8.h"
#include "validate/json/escape.h"

static bool letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Offset of the first byte that is one of `stops`, text.len without one. */
static size_t find_any(struct slice text, const char *stops)
{
    size_t at = 0;

    while (at < text.len && (!text.ptr[at] || !strchr(stops, text.ptr[at])))
        at++;
    return at;
}

void uri_split(struct slice text, struct uri *out)
{
    size_t n;

    *out = (struct uri){0};
    if (!text.ptr)
        text.ptr = "";
    n = find_any(text, ":/?#");
    if (n && n < text.len && text.ptr[n] == ':') {
        out->scheme = slice_take(text, n);
        text = slice_drop(text, n + 1);
    }
    n = slice_find(text, '#');
    if (n < text.len) {
        out->fragment = slice_drop(text, n + 1);
        text = slice_take(text, n);
    }
    n = slice_find(text, '?');
    if (n < text.len) {
        out->query = slice_drop(text, n + 1);
        text = slice_take(text, n);
    }
    if (text.len >= 2 && text.ptr[0] == '/' && text.ptr[1] == '/') {
        text = slice_drop(text, 2);
        n = slice_find(text, '/');
        out->authority = slice_take(text, n);
        text = slice_drop(text, n);
    }
    out->path = text;
}

bool uri_is_absolute(struct slice text)
{
    size_t n = find_any(text, ":/?#");

    return n && n < text.len && text.ptr[n] == ':' && letter(text.ptr[0]);
}

struct slice uri_base(struct slice text, struct slice *fragment)
{
    size_t n = slice_find(text, '#');

    *fragment = n < text.len ? slice_drop(text, n + 1) : slice_of(NULL, 0);
    return slice_take(text, n);
}

/* Bytes being put together; the room is counted out beforehand. */
struct pen {
    char *bytes;
    size_t len;
};

static void pen_put(struct pen *pen, struct slice text)
{
    if (text.len)
        memcpy(pen->bytes + pen->len, text.ptr, text.len);
    pen->len += text.len;
}

static void pen_lower(struct pen *pen, struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];

        pen->bytes[pen->len++] = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
    }
}

/* The host is what stands behind the user, if any: only it has no case. */
static void put_authority(struct pen *pen, struct slice authority)
{
    size_t at = slice_find(authority, '@');

    if (at < authority.len) {
        pen_put(pen, slice_take(authority, at));
        authority = slice_drop(authority, at);
    }
    pen_lower(pen, authority);
}

/*
 * RFC 3986 section 5.2.4, in place: steps are copied forward to `to`, "." is
 * left out, ".." takes the step before it back.  What stands in front of
 * bytes[from] is not touched.
 */
static void remove_dots(struct pen *pen, size_t from)
{
    char *p = pen->bytes;
    size_t at = from, to = from;
    bool rooted = from < pen->len && p[from] == '/';

    while (at < pen->len) {
        size_t slash = p[at] == '/';
        size_t end = at + slash, n;
        bool last, up;

        while (end < pen->len && p[end] != '/')
            end++;
        n = end - at - slash;
        last = end == pen->len;
        up = n == 2 && p[end - 1] == '.' && p[end - 2] == '.';
        if (!up && !(n == 1 && p[end - 1] == '.')) {
            memmove(p + to, p + at, end - at);
            to += end - at;
        } else {
            while (up && to > from && p[--to] != '/')
                continue;
            if (to == from && !rooted) {
                end += !last; /* "../a" and "b/../a" become "a" */
            } else if (last && slash) {
                p[to++] = '/';
            }
        }
        at = end;
    }
    pen->len = to;
}

/* The base's path up to its last slash, then the reference's. */
static void put_merged(struct pen *pen, const struct uri *base,
                       struct slice path)
{
    size_t n = base->path.len;

    while (n && base->path.ptr[n - 1] != '/')
        n--;
    if (n == 0 && base->authority.ptr && base->path.len == 0)
        pen_put(pen, SLICE("/"));
    pen_put(pen, slice_take(base->path, n));
    pen_put(pen, path);
}

/* Without an authority a path may not begin like one: "/.//a" stays. */
static void part_slashes(struct pen *pen, size_t from)
{
    if (pen->len < from + 2 || pen->bytes[from] != '/' ||
        pen->bytes[from + 1] != '/')
        return;
    memmove(pen->bytes + from + 2, pen->bytes + from, pen->len - from);
    pen->bytes[from + 1] = '.';
    pen->len += 2;
}

static void put_path(struct pen *pen, const struct uri *base,
                     const struct uri *ref)
{
    bool host = ref->authority.ptr || (!ref->scheme.ptr && base->authority.ptr);
    size_t from = pen->len;

    if (ref->scheme.ptr && !ref->authority.ptr &&
        (!ref->path.len || ref->path.ptr[0] != '/')) {
        pen_put(pen, ref->path); /* opaque: dots mean nothing there */
        return;
    }
    if (ref->scheme.ptr || ref->authority.ptr ||
        (ref->path.len && ref->path.ptr[0] == '/'))
        pen_put(pen, ref->path);
    else
        put_merged(pen, base, ref->path);
    remove_dots(pen, from);
    if (!host)
        part_slashes(pen, from);
}

bool uri_resolve(struct slice base, struct slice ref, struct arena *arena,
                 struct slice *out)
{
    struct uri b, r;
    struct pen pen = {NULL, 0};
    struct slice scheme, authority, query;
    size_t room = base.len + ref.len + 10; /* ':', "//", '/', "/.", '?', '#' */

    pen.bytes = arena_bytes(arena, room);
    if (!pen.bytes)
        return false;
    uri_split(base, &b);
    uri_split(ref, &r);
    scheme = r.scheme.ptr ? r.scheme : b.scheme;
    authority = r.scheme.ptr || r.authority.ptr ? r.authority : b.authority;
    query = r.query;
    if (scheme.ptr) {
        pen_lower(&pen, scheme);
        pen_put(&pen, SLICE(":"));
    }
    if (authority.ptr) {
        pen_put(&pen, SLICE("//"));
        put_authority(&pen, authority);
    }
    if (!r.scheme.ptr && !r.authority.ptr && r.path.len == 0) {
        pen_put(&pen, b.path);
        if (!query.ptr)
            query = b.query;
    } else {
        put_path(&pen, &b, &r);
    }
    if (query.ptr) {
        pen_put(&pen, SLICE("?"));
        pen_put(&pen, query);
    }
    if (r.fragment.ptr) {
        pen_put(&pen, SLICE("#"));
        pen_put(&pen, r.fragment);
    }
    DEMAND(pen.len <= room);
    *out = slice_of(pen.bytes, pen.len);
    return true;
}

bool uri_decode(struct slice text, struct arena *arena, struct slice *out,
                bool *full)
{
    struct pen pen = {NULL, 0};

    *full = false;
    *out = text;
    if (slice_find(text, '%') == text.len)
        return utf8_prefix(text) == text.len;
    pen.bytes = arena_bytes(arena, text.len);
    if (!pen.bytes) {
        *full = true;
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        uint32_t high, low;

        if (text.ptr[i] != '%') {
            pen.bytes[pen.len++] = text.ptr[i];
            continue;
        }
        if (text.len - i < 3)
            return false;
        high = escape_digit(text.ptr[i + 1]);
        low = escape_digit(text.ptr[i + 2]);
        if (high > 15 || low > 15)
            return false;
        pen.bytes[pen.len++] = (char)(high << 4 | low);
        i += 2;
    }
    *out = slice_of(pen.bytes, pen.len);
    return utf8_prefix(*out) == out->len;
}

bool uri_pointer_step(struct slice *pointer, struct arena *arena,
                      struct slice *step)
{
    struct slice raw;
    struct pen pen = {NULL, 0};

    if (!pointer->len || pointer->ptr[0] != '/')
        return false;
    raw = slice_drop(*pointer, 1);
    raw = slice_take(raw, slice_find(raw, '/'));
    *step = raw;
    if (slice_find(raw, '~') < raw.len) {
        pen.bytes = arena_bytes(arena, raw.len);
        if (!pen.bytes)
            return false;
        for (size_t i = 0; i < raw.len; i++) {
            char c = raw.ptr[i];

            if (c == '~') {
                if (++i == raw.len || (raw.ptr[i] & ~1) != '0')
                    return false;
                c = raw.ptr[i] == '0' ? '~' : '/';
            }
            pen.bytes[pen.len++] = c;
        }
        *step = slice_of(pen.bytes, pen.len);
    }
    *pointer = slice_drop(*pointer, 1 + raw.len);
    return true;
}
