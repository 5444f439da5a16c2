export function tableOfRooms(): string;
export function withTable(text: string): string;
export const architecturePage: string;
