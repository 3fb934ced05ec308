/* ascii.h - classes of bytes, the same in every locale; EOF is in none. */
#ifndef DECANT_BASE_ASCII_H
#define DECANT_BASE_ASCII_H

#include <stdbool.h>

static inline bool ascii_digit(int c)
{
    return c >= '0' && c <= '9';
}

/* Blank, tab, line feed, vertical tab, form feed, carriage return. */
static inline bool ascii_space(int c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

#endif
