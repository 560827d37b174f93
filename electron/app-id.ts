// What the systems know the app by: the same in the running app and in its packages, or Windows shows no notifications (P-10).

/** Windows: the AppUserModelID, equal to the shortcut's. macOS: the bundle's id. */
export const appId = "dev.homeport.app";

/** Links that open the window: `homeport://nodes/studio`, `homeport://settings`. They show, they never act (S-62). */
export const linkScheme = "homeport";
