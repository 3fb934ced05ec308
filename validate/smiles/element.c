/* element.c - see element.h; the rows become one table per question. */
#include "validate/smiles/element.h"

#include <stddef.h>

#include "validate/base/attrs.h"

enum {
    V0 = 1 << 0,
    V1 = 1 << 1,
    V2 = 1 << 2,
    V3 = 1 << 3,
    V4 = 1 << 4,
    V5 = 1 << 5,
    V6 = 1 << 6,
    FREE = ELEMENT_FREE,
    EARLY = ELEMENT_EARLY,
    METAL = ELEMENT_METAL,
};

/* Lowest and highest bit of a mask of at most eight; constant expressions. */
#define LOWEST(m)  ((m) ? __builtin_ctz((m) | 0x100) : -1)
#define HIGHEST(m) (31 - __builtin_clz((m) | !(m)))

const struct valences element_valences[ELEMENTS] = {
#define ELEMENT(z, a, b, v, f, mass, exact)                       \
    [z] = {                                                       \
        .mask = (v),                                              \
        .lowest = LOWEST(v),                                      \
        .most = (f)&FREE ? -1 : HIGHEST(v),                       \
        .flags = (f) | ((v) || !((f)&FREE) ? ELEMENT_LISTED : 0), \
    },
#include "validate/smiles/element.def"
#undef ELEMENT
};

static const char symbols[ELEMENTS][3] = {
#define ELEMENT(z, a, b, v, f, mass, exact) [z] = {a, b, 0},
#include "validate/smiles/element.def"
#undef ELEMENT
};

static const double masses[ELEMENTS][2] = {
#define ELEMENT(z, a, b, v, f, mass, exact) [z] = {mass, exact},
#include "validate/smiles/element.def"
#undef ELEMENT
};

struct nuclides {
    uint8_t z;
    uint8_t count;
    uint16_t first; /* mass number of the first one */
    const double *mass;
};

#define COUNT_OF(...) (sizeof((double[]){__VA_ARGS__}) / sizeof(double))

static const struct nuclides nuclides[] = {
#define NUCLIDES(z, first, ...) \
    {z, COUNT_OF(__VA_ARGS__), first, (const double[]){__VA_ARGS__}},
#include "validate/smiles/nuclide.def"
#undef NUCLIDES
};

/* By first letter, then by second ('a' is 1); built from the same rows. */
static const uint8_t by_letters[26][27] = {
#define AT_SECOND(b) ((b) ? (b) - 'a' + 1 : 0)
#define ELEMENT(z, a, b, v, f, mass, exact) \
    [(z) ? (a) - 'A' : 0][(z) ? AT_SECOND(b) : 0] = (z),
#include "validate/smiles/element.def"
#undef ELEMENT
};

uint8_t element_find(uint8_t first, uint8_t second)
{
    if (first < 'A' || first > 'Z')
        return 0;
    if (!second)
        return by_letters[first - 'A'][0];
    if (second < 'a' || second > 'z')
        return 0;
    return by_letters[first - 'A'][second - 'a' + 1];
}

const char *element_symbol(uint8_t z)
{
    DEMAND(z < ELEMENTS);
    return symbols[z];
}

double element_mass(uint8_t z)
{
    DEMAND(z < ELEMENTS);
    return masses[z][0];
}

double element_exact_mass(uint8_t z)
{
    DEMAND(z < ELEMENTS);
    return masses[z][1];
}

double nuclide_mass(uint8_t z, uint32_t mass_number)
{
    for (size_t i = 0; i < countof(nuclides); i++) {
        const struct nuclides *n = &nuclides[i];

        if (n->z == z && mass_number >= n->first &&
            mass_number - n->first < n->count)
            return n->mass[mass_number - n->first];
    }
    return mass_number;
}
