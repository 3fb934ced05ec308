/*
 * element.h - the periodic table as the verdict needs it.
 *
 * The figures and where they come from: element.def and nuclide.def.
 */
#ifndef DECANT_SMILES_ELEMENT_H
#define DECANT_SMILES_ELEMENT_H

#include <stdbool.h>
#include <stdint.h>

#define ELEMENTS       119  /* * and the elements 1 to 118 */
#define ELEMENT_FREE   0x01 /* takes any number of bonds */
#define ELEMENT_EARLY  0x02 /* left of carbon */
#define ELEMENT_METAL  0x04
#define ELEMENT_LISTED 0x08 /* has at least one valence of its own */

/* What an element may bind. */
struct valences {
    uint8_t mask;  /* bit v: valence v is allowed */
    int8_t lowest; /* -1 when none is listed */
    int8_t most;   /* -1: no limit */
    uint8_t flags;
};

extern const struct valences element_valences[ELEMENTS];

/* Number of the element with these letters, second 0 for none; 0: none. */
uint8_t element_find(uint8_t first, uint8_t second);

const char *element_symbol(uint8_t z);

/* Average mass, and that of the most frequent isotope. */
double element_mass(uint8_t z);
double element_exact_mass(uint8_t z);

/* Mass of one isotope; the mass number itself when it is not in the table. */
double nuclide_mass(uint8_t z, uint32_t mass_number);

#endif
