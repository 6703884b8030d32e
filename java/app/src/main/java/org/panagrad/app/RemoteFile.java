package org.panagrad.app;

/**
 * A gzipped file to be fetched. What it unpacks to is known, not how it was packed: mirrors may pack anew.
 *
 * @param name   of the file
 * @param bytes  that it unpacks to
 * @param sha256 of these, in hexadecimal
 */
record RemoteFile(String name, long bytes, String sha256) {}
