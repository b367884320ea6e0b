// A text that grows. A failed allocation ends the program, which the runtime takes for a failed pod start.
#ifndef TEXT_H
#define TEXT_H

#include <stddef.h>

struct text {
    char *bytes;
    size_t length;
    size_t capacity;
};

void text_bytes(struct text *text, const char *bytes, size_t length);
void text_add(struct text *text, const char *string);
void text_number(struct text *text, long long number);

// Adds a JSON string, quotes and escapes included.
void text_quoted(struct text *text, const char *string);

#endif
