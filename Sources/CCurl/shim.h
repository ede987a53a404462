#include <curl/curl.h>
#include <stdio.h>

/* Options and answers of a transfer are of any type, behind three dots that Swift does not call: one function for each
   type that is used. */

static inline CURLcode ccurl_set_text(CURL *transfer, CURLoption option, const char *text) {
    return curl_easy_setopt(transfer, option, text);
}

static inline CURLcode ccurl_set_number(CURL *transfer, CURLoption option, long number) {
    return curl_easy_setopt(transfer, option, number);
}

static inline CURLcode ccurl_set_list(CURL *transfer, CURLoption option, struct curl_slist *list) {
    return curl_easy_setopt(transfer, option, list);
}

/* Without a function of one's own, libcurl reads what it uploads from a file. */
static inline CURLcode ccurl_set_file(CURL *transfer, CURLoption option, FILE *file) {
    return curl_easy_setopt(transfer, option, file);
}

static inline CURLcode ccurl_get_number(CURL *transfer, CURLINFO answer, long *number) {
    return curl_easy_getinfo(transfer, answer, number);
}

/* Macros with casts, which Swift does not read. */
static const long ccurl_tls_required = CURLUSESSL_ALL;
static const long ccurl_tls_none = CURLUSESSL_NONE;
static const long ccurl_tls_1_2_or_later = CURL_SSLVERSION_TLSv1_2;

static inline CURLcode ccurl_start(void) {
    return curl_global_init(CURL_GLOBAL_ALL);
}
