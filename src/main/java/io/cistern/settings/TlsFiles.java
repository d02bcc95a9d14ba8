package io.cistern.settings;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Whom to trust and who we are, in PEM files.
 *
 * @param authorities certificates of those who vouch for the other side; empty for those that Java
 *     trusts
 * @param certificate our own with the chain above it; empty where the other side asks for none
 * @param key that belongs to our certificate, in PKCS#8; there as often as it
 */
public record TlsFiles(
        Optional<Path> authorities, Optional<Path> certificate, Optional<Path> key) {}
