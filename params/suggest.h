/* The known name nearest to a mistyped one. Internal to params/.
 *
 * Nearest by edit distance (insertions, deletions, replacements, swaps of neighbours). What is too far off to
 * be meant isn't suggested.
 *
 * Not collective. */
#ifndef DW_PARAMS_SUGGEST_H
#define DW_PARAMS_SUGGEST_H

#include <stddef.h>

/* Number of edits between two names; names over 63 bytes are far from everything. */
size_t dw_edit_distance(const char *a, const char *b);

/* The key (group = 0) or group (group = 1) nearest to `path`, also where its last name is right and the group
 * before it is missing or wrong. Returns `buffer`, or NULL if nothing is near. */
const char *dw_suggest_path(const char *path, int group, char *buffer, size_t size);

/* The choice nearest to `text` among "a|b|c". Returns `buffer`, or NULL if nothing is near. */
const char *dw_suggest_choice(const char *text, const char *choices, char *buffer, size_t size);

#endif
