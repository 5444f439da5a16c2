/** Where the state lies below the folder of the product, unless a setting says otherwise. */
export const stateFolderName = '.perennial';
/** Below it, the state of a demo that nobody asked to keep. */
export const demoFolderName = 'demo';
/** Below it, tables that a demo has put into the order of time. */
export const sortedFolderName = 'sorted';
