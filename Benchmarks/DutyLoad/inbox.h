/* The client's side of `fixoncall.v1`, as far as scenes need it. */
#ifndef INBOX_H
#define INBOX_H

#include "load.h"

/* What a frame is; the seq is that of the hello, the row or the reset. */
enum said { HELLO, ROW, RESET, ELSE };
enum said read_said(const char *text, size_t length, long long *seq);

/* Answers a hello: go on above so many rows before the newest. */
void resume_after(struct connection *connection, const char *hello, size_t length, long long before);
void acknowledge(struct connection *connection, long long seq);

#endif
