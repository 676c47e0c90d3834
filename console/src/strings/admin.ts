/** What stands above all of the administration. */
export const admin = { title: 'Administration' };
