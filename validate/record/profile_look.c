/* profile_look.c - see profile_look.h. */
#include "validate/record/profile_look.h"

#include "validate/record/recipe.h"
#include "validate/record/record.h"

static size_t column_of(const struct profile *p, size_t field)
{
    for (size_t i = 0; i < p->n_columns; i++) {
        const struct recipe *how = p->columns[i].how;

        if (how && how->from == FROM_NUMBER && how->field == field)
            return i;
    }
    return COLUMN_NONE;
}

size_t profile_source_column(const struct profile *profile)
{
    return column_of(profile, offsetof(struct record_line, source));
}

size_t profile_offset_column(const struct profile *profile)
{
    return column_of(profile, offsetof(struct record_line, offset));
}

size_t profile_dimension(const struct profile *profile)
{
    return profile->rules ? profile->rules->dimension : 0;
}
