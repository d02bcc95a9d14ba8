package io.cistern.settings;

import java.util.EnumSet;
import java.util.Set;

/**
 * Somebody who may call what changes things.
 *
 * @param name shown in logs
 * @param roles what the token is good for
 * @param token what {@code Authorization: Bearer} has to carry
 */
public record ApiToken(String name, Set<Role> roles, Secret token) {
    public ApiToken {
        roles = Set.copyOf(roles);
    }

    /** Whether the token is good for this. */
    public boolean allows(Role role) {
        return roles.contains(role);
    }

    /** What a token may be good for. */
    public enum Role {
        READ,
        INVALIDATE,
        WRITE,
        OPERATE;

        static final Set<Role> ALL = Set.copyOf(EnumSet.allOf(Role.class));
    }
}
